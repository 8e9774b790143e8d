import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AppAccess, createAppAccess, createTokenAccess } from '../../../src/adapters/octokit/access.ts';
import { MusterError } from '../../../src/domain/errors.ts';
import {
  KEY,
  repositoryAnswer,
  SILENT,
  startStub,
  type Stub,
  type StubAnswer,
  TENANT,
} from './stub-github.ts';

const HOUR_MS = 3_600_000;

let stub: Stub;
let access: AppAccess;
let now: number;
let minted: number;
let nextAnswer: StubAnswer | null;

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  minted = 0;
  nextAnswer = null;
  stub = await startStub(({ method, url }) => {
    if (nextAnswer !== null) {
      const answer = nextAnswer;
      nextAnswer = null;
      return answer;
    }
    if (url === '/app') return { body: { id: 5, slug: 'muster-test' } };
    if (url === '/app/installations/7/access_tokens') {
      minted += 1;
      return {
        status: 201,
        body: { token: `ghs_${minted}`, expires_at: new Date(now + HOUR_MS).toISOString() },
      };
    }
    if (method === 'DELETE' && url === '/installation/token') return { status: 204 };
    return url === '/repositories/42' ? repositoryAnswer() : undefined;
  });
  access = openAccess();
});

function openAccess(): AppAccess {
  return createAppAccess({
    appId: 5,
    privateKey: KEY.privateKey,
    baseUrl: stub.baseUrl,
    log: SILENT,
    isThrottled: false,
    now: () => now,
  });
}

afterEach(() => stub.close());

describe('createAppAccess', () => {
  it('knows under which login its comments appear, and asks once', async () => {
    expect(await access.identity()).toEqual({ appId: 5, login: 'muster-test[bot]' });
    await access.identity();
    expect(stub.asked()).toEqual(['GET /app']);
    expect(stub.requests[0]?.headers.authorization).toMatch(/^Bearer ey/);
  });

  it('asks again after an identity that could not be had', async () => {
    nextAnswer = { status: 500, body: {} };
    await expect(access.identity()).rejects.toMatchObject({ code: 'github_unavailable' });
    expect((await access.identity()).appId).toBe(5);
  });

  it('mints one token for callers that come together, scoped to the one repository', async () => {
    const github = await access.forTenant(TENANT);
    expect(await Promise.all([github.gitToken(), github.gitToken()])).toEqual(['ghs_1', 'ghs_1']);
    expect(stub.requests.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
      { repository_ids: [42] },
    ]);
  });

  it('keeps a token until ten minutes before its end', async () => {
    const github = await access.forTenant(TENANT);
    await github.gitToken();
    now += HOUR_MS - 600_001;
    expect(await github.gitToken()).toBe('ghs_1');
    now += 1;
    expect(await Promise.all([github.gitToken(), github.gitToken()])).toEqual(['ghs_2', 'ghs_2']);
  });

  it('mints anew for an installation that was made anew', async () => {
    await (await access.forTenant(TENANT)).gitToken();
    const moved = await access.forTenant({ ...TENANT, installationId: 8 });
    await expect(moved.gitToken()).rejects.toMatchObject({ code: 'github_not_found' });
  });

  it('does not keep a failure to mint', async () => {
    const github = await access.forTenant(TENANT);
    nextAnswer = { status: 503, body: {} };
    await expect(github.gitToken()).rejects.toMatchObject({ code: 'github_unavailable' });
    expect(await github.gitToken()).toBe('ghs_1');
  });

  it('gives a token of its own to who keeps it, and shows it sealed before its first use', async () => {
    const kept: string[] = [];
    const github = await access.forTenant(TENANT, async (sealed) => void kept.push(sealed));
    expect(kept).toEqual([]);
    expect(await github.gitToken()).toBe('ghs_1');
    expect(kept).toHaveLength(1);
    expect(kept[0]).not.toContain('ghs_1');
    expect(await (await access.forTenant(TENANT)).gitToken()).toBe('ghs_2');
  });

  it('gives nobody a token that could not be kept', async () => {
    const github = await access.forTenant(TENANT, async () => {
      throw new MusterError('stale_attempt', 'taken over');
    });
    await expect(github.gitToken()).rejects.toMatchObject({ code: 'stale_attempt' });
    await expect(github.getRepository()).rejects.toMatchObject({ code: 'stale_attempt' });
    expect(stub.asked()).not.toContain('GET /repositories/42');
  });

  it('revokes what was kept, with the token itself, also from another process of the App', async () => {
    const kept: string[] = [];
    await (await access.forTenant(TENANT, async (sealed) => void kept.push(sealed))).gitToken();
    await openAccess().revoke(kept);
    expect(stub.requests.at(-1)).toMatchObject({ method: 'DELETE', url: '/installation/token' });
    expect(stub.requests.at(-1)?.headers.authorization).toBe('token ghs_1');
  });

  it('takes a token that GitHub knows no more as revoked, and a failure as none', async () => {
    const kept: string[] = [];
    await (await access.forTenant(TENANT, async (sealed) => void kept.push(sealed))).gitToken();
    nextAnswer = { status: 401, body: { message: 'Bad credentials' } };
    await expect(access.revoke(kept)).resolves.toBeUndefined();
    nextAnswer = { status: 502, body: {} };
    await expect(access.revoke(kept)).rejects.toMatchObject({ code: 'github_unavailable' });
  });

  it('passes over what another key has sealed', async () => {
    await access.revoke(['bm90IG91cnMsIGJ1dCBsb25nIGVub3VnaCB0byBiZSBvbmU', '']);
    expect(stub.requests).toEqual([]);
  });

  it('asks once more with another token where GitHub refuses the one it has', async () => {
    const github = await access.forTenant(TENANT);
    await github.gitToken();
    nextAnswer = { status: 401, body: { message: 'Bad credentials' } };
    expect((await github.getRepository()).id).toBe(42);
    expect(await github.gitToken()).toBe('ghs_2');
  });

  it('does not ask with another token once its keeper refuses', async () => {
    let isHeld = true;
    const github = await access.forTenant(TENANT, async () => {
      if (!isHeld) throw new MusterError('stale_attempt', 'taken over');
    });
    await github.gitToken();
    isHeld = false;
    nextAnswer = { status: 401, body: { message: 'Bad credentials' } };
    await expect(github.getRepository()).rejects.toMatchObject({ code: 'stale_attempt' });
    expect(stub.asked().filter((asked) => asked === 'GET /repositories/42')).toHaveLength(1);
  });

  it('says so where the App is not installed', async () => {
    const github = await access.forTenant({ ...TENANT, installationId: null });
    await expect(github.getRepository()).rejects.toMatchObject({ code: 'github_not_found' });
  });
});

describe('createTokenAccess', () => {
  it('serves its one repository and no other', async () => {
    const identity = { appId: null, login: 'github-actions[bot]' };
    const options = { baseUrl: stub.baseUrl, token: 'ghs_t', identity, repository: TENANT, log: SILENT };
    const tokenAccess = createTokenAccess(options);
    const github = await tokenAccess.forTenant(TENANT);
    expect(github.identity).toEqual(identity);
    expect(await github.gitToken()).toBe('ghs_t');
    await expect(tokenAccess.forTenant({ ...TENANT, id: 43 })).rejects.toMatchObject({
      code: 'github_forbidden',
    });
  });
});

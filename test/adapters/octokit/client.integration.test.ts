import { afterEach, describe, expect, it } from 'vitest';
import type { GitHub } from '../../../src/ports/github.ts';
import type { Log } from '../../../src/ports/log.ts';
import {
  recordingLog,
  githubAt,
  repositoryAnswer,
  startStub,
  type Stub,
  type StubAnswer,
  type StubRequest,
} from './stub-github.ts';

let stub: Stub;

afterEach(() => stub.close());

async function github(
  answer: (request: StubRequest) => StubAnswer | null | undefined,
  log?: Log,
): Promise<GitHub> {
  stub = await startStub((request) =>
    request.url === '/repositories/42' ? repositoryAnswer() : answer(request),
  );
  return githubAt(stub, log);
}

const COMMENT = {
  id: 1,
  node_id: 'IC_1',
  body: 'hello',
  user: { id: 9, login: 'muster[bot]', type: 'Bot' },
  html_url: 'https://github.example/c/1',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
};

describe('the client', () => {
  it('asks by the name that the repository has now', async () => {
    const subject = await github(() => ({ body: COMMENT }));
    await subject.getComment(1);
    expect(stub.asked()).toEqual(['GET /repositories/42', 'GET /repos/octo/app/issues/comments/1']);
    expect(stub.requests[1]?.headers.authorization).toBe('token ghs_secret-token');
  });

  it('repeats a write that was redirected under the new name, as the same write', async () => {
    let name = 'old';
    stub = await startStub(({ url }) => {
      if (url === '/repositories/42') return repositoryAnswer('octo', name);
      if (url.startsWith('/repos/octo/old/')) {
        name = 'new';
        return { status: 301, headers: { location: '/repositories/42/issues/1/comments' }, body: {} };
      }
      return { status: 201, body: COMMENT };
    });
    const subject = await githubAt(stub);
    await subject.createComment(1, 'hello');
    expect(stub.asked()).toEqual([
      'GET /repositories/42',
      'POST /repos/octo/old/issues/1/comments',
      'GET /repositories/42',
      'POST /repos/octo/new/issues/1/comments',
    ]);
    expect(stub.requests[3]?.body).toEqual({ body: 'hello' });
  });

  it('does not follow a redirect that leads elsewhere', async () => {
    const subject = await github(() => ({
      status: 302,
      headers: { location: 'http://127.0.0.1:1/' },
      body: {},
    }));
    await expect(subject.createComment(1, 'x')).rejects.toMatchObject({ code: 'github_not_found' });
  });

  it('refuses to work with a repository of another id', async () => {
    stub = await startStub(() => ({ body: { ...(repositoryAnswer().body as object), id: 43 } }));
    const subject = await githubAt(stub);
    await expect(subject.getRepository()).rejects.toMatchObject({ code: 'github_invalid' });
  });

  it.each(['', '.', '..'])('never sends %j as a part of the path', async (label) => {
    const subject = await github(() => ({ body: [] }));
    await expect(subject.removeLabel(1, label)).rejects.toMatchObject({ code: 'github_invalid' });
    expect(stub.asked()).toEqual(['GET /repositories/42']);
  });

  it('keeps slashes and dots of a longer text inside one part of the path', async () => {
    const subject = await github(() => ({ body: [] }));
    await subject.removeLabel(1, '../../../issues/2/lock');
    expect(stub.asked()[1]).toBe('DELETE /repos/octo/app/issues/1/labels/..%2F..%2F..%2Fissues%2F2%2Flock');
  });

  it('tries once: the caller owns retries', async () => {
    for (const answer of [
      null,
      { status: 502, body: 'bad' },
      { status: 429, headers: { 'retry-after': '1' }, body: {} },
    ]) {
      const subject = await github(() => answer);
      await expect(subject.createComment(1, 'x')).rejects.toMatchObject({ isRetryable: true });
      expect(stub.requests).toHaveLength(2);
      await stub.close();
    }
    stub = await startStub(() => undefined);
  });

  it('logs neither bodies nor tokens', async () => {
    const lines: string[] = [];
    const subject = await github(
      ({ method }) => (method === 'POST' ? { status: 201, body: COMMENT } : undefined),
      recordingLog(lines),
    );
    await subject.createComment(1, 'private words');
    await subject.getComment(1);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join()).not.toMatch(/private words|ghs_secret/);
  });

  it('reads GraphQL’s refusals as errors of ours', async () => {
    const subject = await github(() => ({
      body: { data: null, errors: [{ type: 'NOT_FOUND', message: 'no node' }] },
    }));
    await expect(subject.react('X', 'eyes')).rejects.toMatchObject({ code: 'github_not_found' });
    expect(stub.requests[0]).toMatchObject({
      url: '/graphql',
      body: { variables: { subjectId: 'X', content: 'EYES' } },
    });
  });

  it('finds GraphQL of an Enterprise Server beside its REST', async () => {
    stub = await startStub(() => ({ body: { data: {} } }));
    const subject = await githubAt({ baseUrl: `${stub.baseUrl}/api/v3/` });
    await subject.react('X', 'confused');
    expect(stub.asked()).toEqual(['POST /api/graphql']);
  });
});

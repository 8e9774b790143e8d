import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppCredentials } from '../../../src/hosts/credentials.ts';
import { createFront } from '../../../src/hosts/server/front.ts';
import { createSetup, type Setup } from '../../../src/hosts/server/setup.ts';
import {
  KEY,
  recordingLog,
  SILENT,
  startStub,
  type Stub,
  type StubAnswer,
} from '../../adapters/octokit/stub-github.ts';

let github: Stub;
let conversion: StubAnswer;
let server: Server;
let origin: string;
let setup: Setup;
let stored: AppCredentials[];
let store: (credentials: AppCredentials) => Promise<void>;
let logged: string[];

beforeEach(async () => {
  stored = [];
  logged = [];
  store = (credentials) => {
    stored.push(credentials);
    return Promise.resolve();
  };
  conversion = {
    status: 201,
    body: {
      id: 77,
      name: 'Muster <b>x</b>',
      html_url: 'https://github.example/apps/muster-x',
      pem: KEY.privateKey,
      webhook_secret: 'hook-secret',
      client_secret: 'client-secret',
    },
  };
  github = await startStub(() => conversion);
  const log = recordingLog(logged);
  setup = createSetup({ apiUrl: github.baseUrl, store: (credentials) => store(credentials), log });
  server = createFront({
    webhook: null,
    isReady: () => Promise.resolve(false),
    metrics: () => '',
    pages: (request, response) => setup.pages(request, response),
    log,
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await Promise.all([github.close(), new Promise((resolve) => server.close(resolve))]);
});

async function open(
  path: string,
  init?: RequestInit,
): Promise<{ status: number; html: string; headers: Headers }> {
  const response = await fetch(origin + path, init);
  return { status: response.status, html: await response.text(), headers: response.headers };
}

function unescape(html: string): string {
  return html
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

async function form(query = ''): Promise<{ action: URL; manifest: Record<string, unknown>; html: string }> {
  const { html } = await open(`/setup?token=${setup.token}${query}`);
  const action = /<form action="([^"]+)" method="post">/.exec(html)?.[1] ?? '';
  const manifest = /name="manifest" value="([^"]+)"/.exec(html)?.[1] ?? '';
  return { action: new URL(unescape(action)), manifest: JSON.parse(unescape(manifest)), html };
}

async function callbackPath(): Promise<string> {
  return `/setup/callback?code=abc123&state=${(await form()).action.searchParams.get('state')}`;
}

describe('the token', () => {
  it('is asked for at the door, and not told there', async () => {
    const { status, html } = await open('/');
    expect(status).toBe(200);
    expect(html).not.toContain(setup.token);
    expect(html).not.toContain('manifest');
  });

  it.each(['', 'x', 'undefined'])('%j opens nothing', async (token) => {
    const { status, html } = await open(`/setup?token=${token}`);
    expect(status).toBe(403);
    expect(html).not.toContain('manifest');
  });

  it('opens nothing when given twice with a wrong one first', async () => {
    expect((await open(`/setup?token=x&token=${setup.token}`)).status).toBe(403);
  });

  it('is another in every process', () => {
    const other = createSetup({
      apiUrl: github.baseUrl,
      store,
      log: SILENT,
    });
    expect(other.token).not.toBe(setup.token);
    expect(other.token.length).toBeGreaterThanOrEqual(43);
  });
});

describe('the form', () => {
  it('posts a manifest with exactly what the App needs', async () => {
    const { action, manifest } = await form();
    expect(action.origin + action.pathname).toBe(`${github.baseUrl}/settings/apps/new`);
    expect(manifest).toMatchObject({
      url: origin,
      hook_attributes: { url: `${origin}/api/github/webhooks`, active: true },
      redirect_url: `${origin}/setup/callback`,
      public: false,
      default_permissions: {
        contents: 'write',
        issues: 'write',
        pull_requests: 'write',
        checks: 'write',
        actions: 'write',
        metadata: 'read',
        members: 'read',
        deployments: 'read',
        discussions: 'read',
      },
    });
    expect(manifest.default_events).toEqual(expect.arrayContaining(['issues', 'issue_comment', 'check_run']));
  });

  it('registers for an organisation, at the address that GitHub reaches', async () => {
    const { action, manifest } = await form('&org=acme&url=https://muster.example/path?x=1');
    expect(action.pathname).toBe('/organizations/acme/settings/apps/new');
    expect(manifest).toMatchObject({ redirect_url: 'https://muster.example/setup/callback' });
  });

  it.each(['../../evil', 'a/b', '"><script>', '-x', 'a'.repeat(101)])(
    'refuses the organisation %j',
    async (org) => {
      const { status, html } = await open(`/setup?token=${setup.token}&org=${encodeURIComponent(org)}`);
      expect(status).toBe(400);
      expect(html).not.toContain('<script');
    },
  );

  it.each(['javascript:alert(1)', '"><script>alert(1)</script>', 'data:text/html,x'])(
    'ignores the address %j',
    async (url) => {
      const { manifest, html } = await form(`&url=${encodeURIComponent(url)}`);
      expect(manifest.url).toBe(origin);
      expect(html).not.toContain('<script');
    },
  );

  it('runs no script, sits in no frame, leaks no address', async () => {
    const { headers, html } = await open(`/setup?token=${setup.token}`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`form-action 'self' ${github.baseUrl}`);
    expect(policy).not.toMatch(/unsafe|script-src/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(html).not.toMatch(/<script|onclick|style="/);
  });
});

describe('the callback', () => {
  it('stores the credentials, leads to the installation and closes the page', async () => {
    const path = await callbackPath();
    const { status, html } = await open(path);
    expect(status).toBe(200);
    expect(github.asked()).toEqual(['POST /app-manifests/abc123/conversions']);
    expect(stored).toEqual([{ appId: 77, privateKey: KEY.privateKey, webhookSecret: 'hook-secret' }]);
    expect(html).toContain('href="https://github.example/apps/muster-x/installations/new"');
    expect(html).toContain('Muster &lt;b&gt;x&lt;/b&gt;');
    expect(html + logged.join()).not.toMatch(/hook-secret|client-secret|PRIVATE KEY/);
    expect((await open(path)).status).toBe(410);
    expect((await open(`/setup?token=${setup.token}`)).status).toBe(410);
    expect((await open('/')).status).toBe(404);
    expect(stored).toHaveLength(1);
  });

  it.each([
    ['no state', '/setup/callback?code=abc123'],
    ['an empty state', '/setup/callback?code=abc123&state='],
    ['a made-up state', '/setup/callback?code=abc123&state=x'],
  ])('is refused with %s, and GitHub is not asked', async (_what, path) => {
    await form();
    expect((await open(path)).status).toBe(403);
    expect(github.requests).toEqual([]);
  });

  it.each(['', '../../app', 'a/b', 'x'.repeat(256)])('is refused with the code %j', async (code) => {
    const state = (await form()).action.searchParams.get('state');
    expect((await open(`/setup/callback?code=${encodeURIComponent(code)}&state=${state}`)).status).toBe(403);
    expect(github.requests).toEqual([]);
  });

  it('uses a state once, however many come with it', async () => {
    conversion = { status: 404, body: {} };
    const path = await callbackPath();
    const statuses = await Promise.all([open(path), open(path), open(path)]);
    expect(statuses.map(({ status }) => status).sort((left, right) => left - right)).toEqual([403, 403, 502]);
  });

  it('lets the person try again where GitHub refuses', async () => {
    conversion = { status: 404, body: { message: 'Not Found' } };
    const { status, html } = await open(await callbackPath());
    expect(status).toBe(502);
    expect(html).toContain(`href="/setup?token=${setup.token}"`);
    expect(stored).toEqual([]);
  });

  it('stays open where the credentials could not be stored', async () => {
    const working = store;
    store = () => Promise.reject(new Error('EACCES'));
    expect((await open(await callbackPath())).status).toBe(500);
    store = working;
    expect((await open(await callbackPath())).status).toBe(200);
  });

  it('is not spent by a look at its head', async () => {
    const path = await callbackPath();
    expect((await open(path, { method: 'HEAD' })).status).toBe(404);
    expect((await open(path)).status).toBe(200);
  });

  it('comes by GET only', async () => {
    expect((await open(await callbackPath(), { method: 'POST' })).status).toBe(404);
    expect(github.requests).toEqual([]);
  });
});

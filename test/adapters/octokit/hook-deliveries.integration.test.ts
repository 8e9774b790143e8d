import { afterEach, describe, expect, it } from 'vitest';
import { createAppAccess } from '../../../src/adapters/octokit/access.ts';
import type { HookDeliveries } from '../../../src/ports/github.ts';
import { startSimulatedApp } from './simulated-app.ts';
import { KEY, SILENT, startStub, type Stub, type StubAnswer } from './stub-github.ts';

let stub: Stub;
afterEach(async () => stub?.close());

async function deliveriesOf(answer: (url: string) => StubAnswer | undefined): Promise<HookDeliveries> {
  stub = await startStub(({ url }) => answer(url));
  const options = {
    appId: 5,
    privateKey: KEY.privateKey,
    baseUrl: stub.baseUrl,
    log: SILENT,
    isThrottled: false,
  };
  return createAppAccess(options).hookDeliveries;
}

/** As text, so that the id keeps its digits. */
function listed(id: string, status = 'timed out'): string {
  return `{"id":${id},"guid":"g-${id}","delivered_at":"2026-01-01T00:00:00Z","redelivery":false,"duration":1,
    "status":"${status}","status_code":0,"event":"issues","action":"opened","installation_id":7,"repository_id":42}`;
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the list of deliveries', () => {
  it('is read page by page, as the App, and only the failed where it is asked for those', async () => {
    const hooks = await deliveriesOf((url) => ({
      headers: { ...JSON_TYPE, link: `<${stub.baseUrl}/app/hook/deliveries?cursor=v1_2>; rel="next"` },
      body: `[${listed(url.includes('cursor=v1_2') ? '1' : '2')}]`,
    }));
    const first = await hooks.list('failed', null);
    expect(first).toEqual({
      deliveries: [
        { id: '2', guid: 'g-2', event: 'issues', deliveredAt: '2026-01-01T00:00:00Z', status: 'timed out' },
      ],
      next: 'v1_2',
    });
    expect((await hooks.list('all', first.next)).deliveries[0]?.id).toBe('1');
    expect(stub.asked()).toEqual([
      'GET /app/hook/deliveries?per_page=100&status=failure',
      'GET /app/hook/deliveries?per_page=100&cursor=v1_2',
    ]);
    expect(stub.requests[0]?.headers.authorization).toMatch(/^Bearer ey/);
  });

  it('keeps ids that a number would round, and asks for their bodies by them', async () => {
    const id = '18014398509481985';
    const hooks = await deliveriesOf((url) =>
      url.startsWith(`/app/hook/deliveries/${id}`)
        ? { body: { id: 1, request: { headers: {}, payload: { action: 'opened' } } } }
        : { headers: JSON_TYPE, body: `[${listed(id)}]` },
    );
    const [delivery] = (await hooks.list('all', null)).deliveries;
    expect(delivery?.id).toBe(id);
    expect(await hooks.readBody(delivery?.id ?? '')).toBe('{"action":"opened"}');
  });

  it('says null of a delivery that GitHub has forgotten, or whose body it doesn’t show', async () => {
    const hooks = await deliveriesOf((url) =>
      url.endsWith('/1') ? undefined : { body: { id: 2, request: {} } },
    );
    expect(await hooks.readBody('1')).toBeNull();
    expect(await hooks.readBody('2')).toBeNull();
  });

  it('never puts anything but digits into a path', async () => {
    const hooks = await deliveriesOf(() => ({ body: {} }));
    await expect(hooks.readBody('../installations')).rejects.toMatchObject({ code: 'github_invalid' });
    expect(stub.requests).toEqual([]);
  });
});

describe('whether the App may work on a repository', () => {
  it('is asked of GitHub anew: yes, taken off it, suspended, gone', async () => {
    const { simulator, access, tenant } = await startSimulatedApp();
    stub = { ...(await startStub(() => undefined)), close: async () => simulator.close() };
    const installation = [...simulator.state.installations.values()][0];
    if (installation === undefined) throw new Error('no installation');
    expect(await access.reaches(tenant)).toBe(true);
    installation.suspendedAt = '2026-01-05T12:00:00Z';
    expect(await access.reaches(tenant)).toBe(false);
    installation.suspendedAt = null;
    simulator.removeFromInstallation(installation, 'octo/app', 'octo');
    expect(await access.reaches(tenant)).toBe(false);
    simulator.uninstallApp(installation, 'octo');
    expect(await access.reaches(tenant)).toBe(false);
    expect(await access.reaches({ ...tenant, installationId: null })).toBe(false);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import type { DeliveryFacts, HookDeliveries } from '../../src/ports/github.ts';
import { takeDelivery } from '../../src/runs/tables/inbox.ts';
import { reconcile } from '../../src/runs/upkeep/reconcile.ts';
import { admitTenant } from '../../src/runs/tables/tenants.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue } from '../support/runs.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Looks whoever looked before. */
const AT_START = 0;

let database: TestDatabase;
let clock: TestClock;
let attempts: (DeliveryFacts & { isGone?: boolean })[];
let listed: string[];
let queue: ReturnType<typeof recordingQueue>;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  clock = testClock();
  attempts = [];
  listed = [];
  queue = recordingQueue();
  await database.transaction('system', async (tx) => tx.query('TRUNCATE inbox, cursors, tenants'));
});

/** GitHub's list, two deliveries a page. */
const hooks: HookDeliveries = {
  list: async (which, cursor) => {
    listed.push(which);
    const start = cursor === null ? 0 : Number(cursor);
    const all = attempts.filter(({ status }) => which === 'all' || status !== 'OK');
    const next = start + 2 < all.length ? String(start + 2) : null;
    return { deliveries: all.slice(start, start + 2), next };
  },
  readBody: async (id) => {
    const found = attempts.find((attempt) => attempt.id === id);
    return found === undefined || found.isGone === true ? null : `{"body":"${id}"}`;
  },
};

/** Newest first, as GitHub lists them. */
function delivered(id: string, overrides: Partial<DeliveryFacts & { isGone: boolean }> = {}): void {
  const deliveredAt = clock.now().toISOString();
  attempts.unshift({
    id,
    guid: `guid-${id}`,
    event: 'issues',
    deliveredAt,
    status: 'timed out',
    ...overrides,
  });
}

async function look(everyMs = AT_START) {
  return reconcile(testEngine({ database, queue, clock }), hooks, everyMs);
}

async function stored(): Promise<string[]> {
  const rows = await database.transaction('system', async (tx) =>
    tx.query<{ delivery_id: string }>('SELECT delivery_id FROM inbox ORDER BY received_at, delivery_id'),
  );
  return rows.map((row) => row.delivery_id);
}

describe('reconcile', () => {
  it('takes nothing in at the first look ever: what was before is none of its business', async () => {
    delivered('1');
    expect(await look()).toEqual({ recovered: 0, scans: 0 });
    expect(await stored()).toEqual([]);
  });

  it('takes in what failed since the last look, over all pages, each with its job', async () => {
    await look();
    for (const id of ['1', '2', '3', '4', '5']) {
      clock.advance(1_000);
      delivered(id);
    }
    expect(await look()).toEqual({ recovered: 5, scans: 0 });
    expect((await stored()).sort()).toEqual(['guid-1', 'guid-2', 'guid-3', 'guid-4', 'guid-5']);
    expect(queue.sent.map(({ data }) => data['deliveryId'])).toContain('guid-3');
    expect(await look()).toEqual({ recovered: 0, scans: 0 });
  });

  it('leaves what arrived, what GitHub is still sending, and what it keeps no longer', async () => {
    await look();
    await takeDelivery(database, queue, { id: 'guid-1', event: 'issues', body: '{}' });
    delivered('1');
    delivered('2', { status: 'pending' });
    delivered('3', { isGone: true });
    expect(await look()).toEqual({ recovered: 0, scans: 0 });
    expect(await stored()).toEqual(['guid-1']);
  });

  it('at a start takes in what was answered well but never came here; later it asks for failures only', async () => {
    await look();
    delivered('1', { status: 'OK' });
    await look();
    expect(await stored()).toEqual(['guid-1']);
    listed = [];
    await database.transaction('system', async (tx) => tx.query("UPDATE cursors SET turn_at = '-infinity'"));
    await look(MINUTE_MS);
    expect(listed).toEqual(['failed']);
  });

  it('does not go further back than the last look, but for a margin', async () => {
    delivered('old');
    clock.advance(60 * MINUTE_MS);
    delivered('just-before');
    clock.advance(MINUTE_MS);
    await look();
    clock.advance(MINUTE_MS);
    expect(await look()).toEqual({ recovered: 1, scans: 0 });
    expect(await stored()).toEqual(['guid-just-before']);
  });

  it('takes the others in where GitHub refuses the body of one', async () => {
    await look();
    delivered('1');
    delivered('2');
    const refusing: HookDeliveries = {
      ...hooks,
      readBody: async (id) =>
        id === '1' ? Promise.reject(new MusterError('github_invalid', 'no')) : hooks.readBody(id),
    };
    await reconcile(testEngine({ database, queue, clock }), refusing, AT_START);
    expect(await stored()).toEqual(['guid-2']);
  });

  it('is done by one replica a minute', async () => {
    const answers = await Promise.all([look(MINUTE_MS), look(MINUTE_MS), look(MINUTE_MS)]);
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  });

  it('looks from the same moment again where it failed', async () => {
    await look();
    delivered('1');
    const broken = { ...hooks, list: async () => Promise.reject(new Error('GitHub is away')) };
    const engine = testEngine({ database, queue, clock });
    await expect(reconcile(engine, broken, AT_START)).rejects.toThrow('away');
    clock.advance(30 * MINUTE_MS);
    expect(await look()).toEqual({ recovered: 1, scans: 0 });
  });

  it('after a gap longer than the list has every repository read that the App may work on', async () => {
    const tenant = { id: 1, owner: 'octo', name: 'a', installationId: 5 };
    await admitTenant(database, tenant);
    await admitTenant(database, { ...tenant, id: 2 });
    await admitTenant(database, { ...tenant, id: 3 });
    await admitTenant(database, { ...tenant, id: 4, installationId: null });
    await database.transaction('system', async (tx) => {
      await tx.query('UPDATE tenants SET removed_at = now() WHERE tenant_id = 2');
      await tx.query('UPDATE tenants SET suspended_at = now() WHERE tenant_id = 3');
    });
    await look();
    const lastLook = clock.now().toISOString();
    clock.advance(2 * DAY_MS);
    expect(await look()).toEqual({ recovered: 0, scans: 0 });
    const second = clock.now().toISOString();
    expect(second).not.toBe(lastLook);
    clock.advance(4 * DAY_MS);
    expect(await look()).toEqual({ recovered: 0, scans: 1 });
    expect(queue.sent).toMatchObject([
      { queue: 'timer', data: { kind: 'scan', tenantId: 1, since: second } },
    ]);
  });
});

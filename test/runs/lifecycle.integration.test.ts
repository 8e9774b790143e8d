import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunState } from '../../src/domain/run.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import type { GitHub, RepositoryFacts } from '../../src/ports/github.ts';
import type { InstallationEvent, RepositoryEvent } from '../../src/router/event.ts';
import type { Engine } from '../../src/runs/engine.ts';
import { reserve } from '../../src/runs/tables/ledger.ts';
import { followLifecycle, isServed } from '../../src/runs/events/lifecycle.ts';
import { changeRun, claimRun, createRun } from '../../src/runs/tables/run-rows.ts';
import { loadSignals, sendSignal, type Signal } from '../../src/runs/tables/signals.ts';
import { admitTenant, loadStanding } from '../../src/runs/tables/tenants.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

const REQUEST = runRequest();
const TENANT = REQUEST.tenant;
const INSTALLATION = 5;
const OTHER: Tenant = { ...TENANT, id: 12, name: 'other' };

let database: TestDatabase;
let reached: Set<number>;
let asked: number[];
let isPrivate: boolean;
let engine: Engine;
let queue: ReturnType<typeof recordingQueue>;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await database.transaction('system', async (tx) =>
    tx.query(
      'TRUNCATE inbox, cursors, tenants, runs, steps, results, signals, effects, ledger, budgets, outcomes, schedules, memory',
    ),
  );
  reached = new Set();
  asked = [];
  isPrivate = false;
  queue = recordingQueue();
  engine = testEngine({
    database,
    queue,
    githubAccess: {
      forTenant: async () => ({ getRepository: async () => ({ isPrivate }) as RepositoryFacts }) as GitHub,
      revoke: async () => undefined,
      reaches: async ({ id }) => {
        asked.push(id);
        return reached.has(id);
      },
    },
  });
});

function installation(
  change: InstallationEvent['change'],
  tenants: Partial<InstallationEvent> = {},
): InstallationEvent {
  return { kind: 'installation', change, installationId: INSTALLATION, added: [], removed: [], ...tenants };
}

function repository(change: RepositoryEvent['change'], tenant = TENANT): RepositoryEvent {
  return {
    kind: 'repository',
    change,
    event: 'repository',
    action: change,
    tenant,
    sender: null,
    appId: null,
    thread: null,
    at: null,
    digest: 'd',
  };
}

async function stateOf(
  runId = REQUEST.runId,
): Promise<{ state: RunState; reason: string | null } | undefined> {
  const rows = await database.transaction('system', async (tx) =>
    tx.query<{ state: RunState; reason: string | null }>('SELECT state, reason FROM runs WHERE run_id = $1', [
      runId,
    ]),
  );
  return rows[0];
}

async function working() {
  await createRun(database, queue, REQUEST);
  const claimed = await claimRun(database, TENANT.id, REQUEST.runId);
  if (claimed === null) throw new Error('no run');
  return database.transaction(TENANT.id, async (tx) => changeRun(tx, claimed.run, { state: 'working' }));
}

const approve: Signal = {
  id: 'comment:1:0',
  kind: 'approve',
  actor: { id: 7, login: 'grace', isBot: false },
  source: { via: 'command', id: 1, number: 3, at: '2026-01-01T00:00:00Z', reviewedSha: null },
  maxMicroUsd: null,
};

describe('the App that is removed', () => {
  it('ends the open runs at once, fences their workers off, and settles their money', async () => {
    const run = await working();
    const window = { key: 'day:d', limitMicroUsd: 100, label: 'day' };
    await reserve(database, run, { key: 'k', model: 'm', costMicroUsd: 40 }, [window]);
    const outcome = await followLifecycle(engine, installation('deleted'));
    expect(outcome).toBe('installation deleted: remove');
    expect(await stateOf()).toEqual({
      state: 'cancelled',
      reason: 'the App was removed from the repository',
    });
    await expect(
      database.transaction(TENANT.id, async (tx) => changeRun(tx, run, { state: 'judging' })),
    ).rejects.toMatchObject({ code: 'stale_attempt' });
    const spent = await database.transaction('system', async (tx) =>
      tx.query<{ spent: string }>('SELECT spent_micro_usd::text AS spent FROM ledger'),
    );
    expect(spent).toEqual([{ spent: '40' }]);
    // The worker that has it in hand lets go of its model call by this.
    const signals = await database.transaction(TENANT.id, async (tx) => loadSignals(tx, run));
    expect(signals).toMatchObject([{ isConsumed: false, signal: { kind: 'cancel' } }]);
  });

  it('makes no new run there, whatever delivery comes late', async () => {
    await working();
    await followLifecycle(engine, installation('removed', { removed: [TENANT] }));
    expect(await isServed(engine, TENANT)).toBe(false);
    const next = runRequest({ runId: 'r_bbbbbbbbbbbb' });
    expect(await createRun(database, queue, next)).toEqual({ kind: 'stopped' });
  });

  it('concerns its own installation and the named repositories only', async () => {
    await admitTenant(database, TENANT);
    await admitTenant(database, OTHER);
    await admitTenant(database, { ...TENANT, id: 13, installationId: 6 });
    await followLifecycle(engine, installation('removed', { removed: [TENANT, { ...TENANT, id: 13 }] }));
    const removed = await Promise.all(
      [11, 12, 13].map(async (id) => (await loadStanding(database, id))?.isRemoved),
    );
    expect(removed).toEqual([true, false, false]);
    await followLifecycle(engine, installation('deleted'));
    expect((await loadStanding(database, 12))?.isRemoved).toBe(true);
    expect((await loadStanding(database, 13))?.isRemoved).toBe(false);
  });

  it('destroys nothing on the word of a delivery that GitHub doesn’t confirm', async () => {
    await working();
    reached.add(TENANT.id);
    for (const change of ['deleted', 'suspend'] as const) await followLifecycle(engine, installation(change));
    await followLifecycle(engine, repository('deleted'));
    expect((await stateOf())?.state).toBe('working');
    expect(await isServed(engine, TENANT)).toBe(true);
  });

  it('comes back: by being told, and by an event of a new installation', async () => {
    await working();
    await followLifecycle(engine, installation('deleted'));
    reached.add(TENANT.id);
    await followLifecycle(engine, installation('added', { added: [TENANT] }));
    expect(await isServed(engine, TENANT)).toBe(true);
    reached.clear();
    await followLifecycle(engine, installation('deleted'));
    asked = [];
    expect(await isServed(engine, TENANT)).toBe(false);
    expect(asked).toEqual([]);
    const again = { ...TENANT, installationId: 77 };
    expect(await isServed(engine, again)).toBe(false);
    reached.add(TENANT.id);
    expect(await isServed(engine, again)).toBe(true);
    expect(await loadStanding(database, TENANT.id)).toMatchObject({
      isRemoved: false,
      tenant: { installationId: 77 },
    });
  });

  it('is no more than held while it is suspended: nothing of it is erased', async () => {
    await working();
    await followLifecycle(engine, installation('suspend'));
    expect((await stateOf())?.reason).toBe('the App was suspended');
    expect(await loadStanding(database, TENANT.id)).toMatchObject({ isRemoved: false, isSuspended: true });
    reached.add(TENANT.id);
    await followLifecycle(engine, installation('unsuspend'));
    expect(await isServed(engine, TENANT)).toBe(true);
  });

  it('remembers where it was installed, and nothing of where it never was', async () => {
    await followLifecycle(engine, installation('created', { added: [TENANT] }));
    expect(await loadStanding(database, TENANT.id)).toMatchObject({ tenant: TENANT, isRemoved: false });
    expect(await followLifecycle(engine, repository('deleted', OTHER))).toContain('not known here');
    expect(await loadStanding(database, OTHER.id)).toBeNull();
  });
});

describe('a repository that changes', () => {
  it('cancels what waits and voids its approvals when its visibility changed', async () => {
    const run = await working();
    await database.transaction(TENANT.id, async (tx) => {
      const judged = await changeRun(tx, run, { state: 'judging' });
      await changeRun(tx, judged, { state: 'waiting' });
    });
    await sendSignal(database, queue, TENANT.id, REQUEST.runId, approve);
    reached.add(TENANT.id);
    await followLifecycle(engine, repository('publicized'));
    const signals = await database.transaction(TENANT.id, async (tx) => loadSignals(tx, run));
    expect(signals).toMatchObject([
      { isConsumed: true, signal: { kind: 'approve' } },
      { isConsumed: false, signal: { kind: 'cancel', actor: { login: 'the repository becoming public' } } },
    ]);
    expect(queue.sent.at(-1)).toMatchObject({ queue: 'run', data: { runId: REQUEST.runId } });
  });

  it('stays as it is where the visibility is another by now', async () => {
    await working();
    reached.add(TENANT.id);
    isPrivate = true;
    await followLifecycle(engine, repository('publicized'));
    const claimed = await claimRun(database, TENANT.id, REQUEST.runId);
    if (claimed === null) throw new Error('no run');
    expect(await database.transaction(TENANT.id, async (tx) => loadSignals(tx, claimed.run))).toEqual([]);
  });

  it('cancels what is open when it was transferred, and ends it where the App did not go along', async () => {
    const run = await working();
    reached.add(TENANT.id);
    await followLifecycle(engine, repository('transferred', { ...TENANT, owner: 'new-owner' }));
    expect(await database.transaction(TENANT.id, async (tx) => loadSignals(tx, run))).toHaveLength(1);
    expect((await loadStanding(database, TENANT.id))?.tenant.owner).toBe('new-owner');
    reached.clear();
    await followLifecycle(engine, repository('transferred'));
    expect((await loadStanding(database, TENANT.id))?.isRemoved).toBe(true);
  });

  it('is called by its new name', async () => {
    await admitTenant(database, TENANT);
    await followLifecycle(engine, repository('renamed', { ...TENANT, name: 'store' }));
    expect((await loadStanding(database, TENANT.id))?.tenant.name).toBe('store');
    expect(asked).toEqual([]);
  });
});

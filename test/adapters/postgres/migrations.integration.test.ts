import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createQueue } from '../../../src/adapters/pg-boss/queue.ts';
import { openPglite } from '../../../src/adapters/postgres/pglite-database.ts';
import { openPostgres } from '../../../src/adapters/postgres/pg-database.ts';
import { openJournal } from '../../../src/runs/tables/journal.ts';
import { changeRun, claimRun } from '../../../src/runs/tables/run-rows.ts';
import { sendSignal, type Signal } from '../../../src/runs/tables/signals.ts';
import { testClock } from '../../support/clock.ts';
import { createTestDatabaseUrl, type TestDatabase } from '../../support/database.ts';
import { silentLog } from '../../support/log.ts';
import { recordingQueue } from '../../support/runs.ts';

const TENANT = 1009;
const IN_WORK = 'r_c32jvkavv6iu';
const WAITING = 'r_djux5lgokecp';

let database: TestDatabase;
beforeAll(async () => {
  database = await openOldDatabase();
}, 60_000);
afterAll(async () => database.close());

/** The database of an earlier build, opened by this one. */
async function openOldDatabase(): Promise<TestDatabase> {
  const dump = await readFile(new URL('../../fixtures/database-001.sql', import.meta.url), 'utf8');
  const created = await createTestDatabaseUrl();
  if (created !== null) {
    const client = new Client({ connectionString: created.url });
    await client.connect();
    await client.query(dump);
    await client.end();
    const opened = await openPostgres(created.url, silentLog);
    const close = async () => {
      await opened.close();
      await created.drop();
    };
    return { ...opened, url: created.url, close };
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'muster-old-'));
  const pglite = await PGlite.create(folder);
  await pglite.exec(dump);
  await pglite.close();
  const opened = await openPglite(folder);
  const close = async () => {
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...opened, url: null, close };
}

describe('a database of the first build', () => {
  it('has every migration applied once, and its runs as they were', async () => {
    const rows = await database.transaction('system', async (tx) => ({
      migrations: await tx.query<{ number: number }>('SELECT number FROM migrations ORDER BY number'),
      runs: await tx.query<{ state: string }>('SELECT state FROM runs ORDER BY state'),
    }));
    expect(rows.migrations.map(({ number }) => number)).toEqual(rows.migrations.map((_, index) => index + 1));
    expect(rows.migrations.length).toBeGreaterThan(1);
    expect(rows.runs.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'working']);
  });

  it('keeps row-level security on what came later', async () => {
    await database.transaction('system', async (tx) =>
      tx.query("INSERT INTO schedules (tenant_id, agent, cron, next_at) VALUES (1, 'a', '* * * * *', now())"),
    );
    expect(await database.transaction(2, async (tx) => tx.query('SELECT * FROM schedules'))).toEqual([]);
    await expect(
      database.transaction(2, async (tx) => tx.query('SELECT * FROM cursors')),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('hands the run that was in work to the next worker, with all that it had recorded', async () => {
    const queue = createQueue({ connection: database.boss, log: silentLog });
    await queue.start();
    const taken = Promise.withResolvers<unknown>();
    await queue.work('run', 1, async (job) => taken.resolve(job.data));
    expect(await taken.promise).toEqual({ tenantId: TENANT, runId: IN_WORK });
    await queue.stop(1_000);
    const stored = await claimRun(database, TENANT, IN_WORK);
    if (stored === null) throw new Error('no run');
    expect(stored.run).toMatchObject({ state: 'working', attempt: 2 });
    const journal = (await openJournal(database, stored.run, testClock()))('');
    const prepared = await journal.step(
      { key: 'prepare', kind: 'prepare', input: stored.run.request },
      async () => ({ kind: 'executed again' }),
    );
    expect(prepared).toMatchObject({ kind: 'ready', agent: { name: 'broken' } });
    expect(journal.has('r0/begin')).toBe(true);
  });

  it('lets a run that waited be decided', async () => {
    const queue = recordingQueue();
    const actor = { id: 7, login: 'grace', isBot: false };
    const source = {
      via: 'command',
      id: 1,
      number: 3,
      at: '2026-11-23T00:00:00Z',
      reviewedSha: null,
    } as const;
    const cancel: Signal = { id: 'comment:1:0', kind: 'cancel', actor, source };
    expect(await sendSignal(database, queue, TENANT, WAITING, cancel)).toEqual({ kind: 'taken' });
    expect(queue.sent).toMatchObject([{ queue: 'run', data: { tenantId: TENANT, runId: WAITING } }]);
    const stored = await claimRun(database, TENANT, WAITING);
    if (stored === null) throw new Error('no run');
    const run = await database.transaction(TENANT, async (tx) =>
      changeRun(tx, stored.run, { state: 'cancelled' }),
    );
    expect(run.state).toBe('cancelled');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunRequest } from '../../src/domain/run.ts';
import { MusterError } from '../../src/domain/errors.ts';
import type { Engine } from '../../src/runs/engine.ts';
import { forgetSchedules } from '../../src/runs/upkeep/schedule-rows.ts';
import { fireSchedules } from '../../src/runs/upkeep/schedules.ts';
import { admitTenant } from '../../src/runs/tables/tenants.ts';
import { startSimulatedApp, type SimulatedApp } from '../adapters/octokit/simulated-app.ts';
import { realClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue } from '../support/runs.ts';

const REPOSITORY = 'octo/app';

let database: TestDatabase;
let app: SimulatedApp;
let engine: Engine;
let queue: ReturnType<typeof recordingQueue>;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await system('TRUNCATE cursors, tenants, runs, schedules');
  app = await startSimulatedApp();
  queue = recordingQueue();
  // What is due is due by the database's clock.
  engine = testEngine({ database, queue, clock: realClock, githubAccess: app.access });
  await admitTenant(database, app.tenant);
  return async () => app.simulator.close();
});

async function system<Row>(sql: string): Promise<Row[]> {
  return database.transaction('system', async (tx) => tx.query<Row>(sql));
}

async function agentFile(name: string, schedule: string): Promise<void> {
  const file = `---\nname: ${name}\ndescription: d\nmuster:\n  on: { schedule: ${schedule} }\n---\nWork.\n`;
  await app.simulator.as('octo').push(REPOSITORY, 'main', { [`.github/agents/${name}.md`]: file });
  await forgetSchedules(database, app.tenant.id);
}

async function fire(): Promise<number> {
  await system("UPDATE cursors SET turn_at = '-infinity'");
  return fireSchedules(engine);
}

/** As if that much time had gone by since the schedules were last due. */
async function overdue(interval: string): Promise<void> {
  await system(`UPDATE schedules SET next_at = now() - interval '${interval}'`);
}

async function runs(): Promise<RunRequest[]> {
  const rows = await system<{ request: RunRequest }>('SELECT request FROM runs ORDER BY created_at');
  return rows.map(({ request }) => request);
}

const ours = () =>
  [...app.simulator.repository(REPOSITORY).issues.values()].filter(({ author }) =>
    author.login.endsWith('[bot]'),
  );

describe('schedules', () => {
  it('start nothing before their time', async () => {
    await agentFile('gardener', '"0 6 * * 1"');
    expect(await fire()).toBe(0);
    expect(await system('SELECT agent, cron FROM schedules')).toEqual([
      { agent: 'gardener', cron: '0 6 * * 1' },
    ]);
    expect(ours()).toEqual([]);
  });

  it('start a run on an issue that Muster keeps for the agent, which nobody asked for', async () => {
    await agentFile('gardener', '"0 6 * * 1"');
    await fire();
    await overdue('1 minute');
    expect(await fire()).toBe(1);
    const [issue] = ours();
    expect(issue).toMatchObject({ title: 'muster: gardener' });
    expect(issue?.body).toContain('<!-- muster:schedule=gardener -->');
    expect(await runs()).toMatchObject([
      {
        work: { kind: 'agent', name: 'gardener' },
        subject: { kind: 'issue', number: issue?.number },
        trigger: { kind: 'schedule', actor: null, summary: 'schedule `0 6 * * 1`' },
        requester: null,
        instruction: null,
      },
    ]);
    expect(queue.sent.at(-1)).toMatchObject({ queue: 'run', options: { priority: 0 } });
  });

  it('fire once however many replicas look, and once for all that was missed', async () => {
    await agentFile('gardener', '"*/5 * * * *"');
    await fire();
    await overdue('3 hours');
    await system("UPDATE cursors SET turn_at = '-infinity'");
    const fired = await Promise.all([fireSchedules(engine), fireSchedules(engine), fireSchedules(engine)]);
    expect(fired.filter((count) => count > 0)).toEqual([1]);
    expect(await fire()).toBe(0);
    expect(await runs()).toHaveLength(1);
    const [row] = await system<{ ahead: boolean }>('SELECT next_at > now() AS ahead FROM schedules');
    expect(row?.ahead).toBe(true);
  });

  it('do not fire twice where the process died in between', async () => {
    await agentFile('gardener', '"0 6 * * 1"');
    await fire();
    await overdue('1 minute');
    const [due] = await system<{ next_at: Date }>('SELECT next_at FROM schedules');
    await fire();
    await database.transaction('system', async (tx) =>
      tx.query('UPDATE schedules SET next_at = $1, issue_number = NULL', [due?.next_at ?? null]),
    );
    await fire();
    expect(await runs()).toHaveLength(1);
    expect(ours()).toHaveLength(1);
  });

  it('use the same issue every time, and its other cron lines do too', async () => {
    await agentFile('gardener', '["0 6 * * 1", "0 6 * * 4"]');
    await fire();
    await overdue('1 minute');
    expect(await fire()).toBe(2);
    await system("UPDATE runs SET state = 'done'");
    await overdue('1 second');
    await fire();
    expect(ours()).toHaveLength(1);
    expect(new Set((await runs()).map(({ subject }) => subject.number)).size).toBe(1);
  });

  it('follow the files: changed, taken out, and switched off', async () => {
    await agentFile('gardener', '"0 6 * * 1"');
    await agentFile('cleaner', '"0 7 * * 1"');
    await fire();
    await agentFile('gardener', '"0 8 * * 1"');
    await app.simulator
      .as('octo')
      .push(REPOSITORY, 'main', { '.github/muster.yml': 'agents: { cleaner: { enabled: false } }\n' });
    await fire();
    expect(await system('SELECT agent, cron FROM schedules')).toEqual([
      { agent: 'gardener', cron: '0 8 * * 1' },
    ]);
  });

  it('end with a line that the file no longer has, though nobody told us of the change', async () => {
    await agentFile('gardener', '"0 6 * * 1"');
    await fire();
    await app.simulator.as('octo').push(REPOSITORY, 'main', { '.github/agents/gardener.md': null });
    await overdue('1 minute');
    expect(await fire()).toBe(0);
    expect(await system('SELECT 1 FROM schedules')).toEqual([]);
    expect(await runs()).toEqual([]);
  });

  it('wait, under the same key, for a GitHub that is away', async () => {
    await agentFile('gardener', '"0 6 * * 1"');
    await fire();
    await overdue('1 minute');
    const [due] = await system('SELECT next_at FROM schedules');
    const away = new MusterError('github_unavailable', 'away', { isRetryable: true });
    const cut = testEngine({
      ...engine,
      githubAccess: { ...app.access, forTenant: async () => Promise.reject(away) },
    });
    await system("UPDATE cursors SET turn_at = '-infinity'");
    expect(await fireSchedules(cut)).toBe(0);
    expect(await system('SELECT next_at FROM schedules')).toEqual([due]);
    expect(await fire()).toBe(1);
  });

  it('never start anything where the App was taken off', async () => {
    await agentFile('gardener', '"0 6 * * 1"');
    await fire();
    await overdue('1 minute');
    await system('UPDATE tenants SET removed_at = now()');
    const before = app.simulator.requests.length;
    expect(await fire()).toBe(0);
    expect(app.simulator.requests).toHaveLength(before);
  });
});

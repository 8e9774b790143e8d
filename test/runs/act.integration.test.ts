import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunRequest, RunState } from '../../src/domain/run.ts';
import type { GitHub } from '../../src/ports/github.ts';
import { act } from '../../src/runs/events/act.ts';
import type { RoutedCommand, RoutedSignal } from '../../src/router/routed.ts';
import { changeRun, claimRun, createRun } from '../../src/runs/tables/run-rows.ts';
import { emptyView } from '../../src/runs/session.ts';
import { fakeGitHub } from '../publish/fake-github.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

const { tenant, subject, runId } = runRequest();
const asked = {
  tenant,
  actor: { id: 7, login: 'ada', isBot: false },
  level: 'write' as const,
  at: '2026-01-01T00:00:00Z',
};
const command: RoutedCommand = {
  ...asked,
  kind: 'command',
  command: { kind: 'approve', runId: null, maxMicroUsd: null },
  key: 'comment:5:0',
  subject,
  source: { kind: 'comment', id: 5 },
  react: 'IC_5',
};
const review: RoutedSignal = {
  ...asked,
  kind: 'signal',
  signal: 'approve',
  via: 'review',
  key: 'review:6',
  id: 6,
  pullRequest: 8,
  runIds: [],
  commitSha: 'abc',
  text: '',
  react: null,
};

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => database.transaction('system', async (tx) => tx.query('TRUNCATE runs, signals')));

const PULL = 8;

/** A run in that state; `opened` is the number of its own pull request. */
async function aRun(request: Partial<RunRequest>, states: RunState[], opened: number | null): Promise<void> {
  await createRun(database, recordingQueue(), runRequest(request));
  const claimed = await claimRun(database, tenant.id, request.runId ?? runId);
  if (claimed === null) throw new Error('the run is gone');
  let { run } = claimed;
  const pullRequest = opened === null ? null : { number: opened, url: '', headSha: 'abc' };
  const view = { ...emptyView(run), pullRequest };
  for (const state of states) {
    const before = run;
    run = await database.transaction(tenant.id, async (tx) => changeRun(tx, before, { state, view }));
  }
}

const WAITING: RunState[] = ['working', 'judging', 'waiting'];
const DONE: RunState[] = ['working', 'judging', 'publishing', 'done'];
const OTHER = 'r_bbbbbbbbbbbb';
const onPull = { subject: { kind: 'pull_request' as const, number: PULL }, runId: OTHER };

function world() {
  const fake = fakeGitHub();
  return {
    ...fake.state,
    github: fake.github as GitHub,
    engine: testEngine({ database, queue: recordingQueue() }),
  };
}

describe('a delivery whose worker died before it was closed', () => {
  it('is answered by nothing but its signal, though the run has moved on', async () => {
    const { engine, github, comments } = world();
    await aRun({}, WAITING, PULL);
    for (const routed of [command, review])
      expect(await act(engine, github, routed, 'd1')).toBe(`approve for ${runId}: taken`);
    await database.transaction('system', async (tx) => tx.query(`UPDATE runs SET state = 'publishing'`));
    for (const routed of [command, review])
      expect(await act(engine, github, routed, 'd1')).toBe(`approve for ${runId}: repeated`);
    expect(comments.size).toBe(0);
    await act(engine, github, { ...command, key: 'comment:8:0' }, 'd2');
    expect(comments.size).toBe(1);
  });
});

describe('a review of a pull request that a run opened', () => {
  it('is for that run, though another waits there', async () => {
    const { engine, github } = world();
    await aRun({}, WAITING, PULL);
    await aRun(onPull, WAITING, null);
    expect(await act(engine, github, review, 'd1')).toBe(`approve for ${runId}: taken`);
  });

  it('says nothing to another run that waits there once that one is done', async () => {
    const { engine, github, comments, writes } = world();
    await aRun({}, DONE, PULL);
    await aRun(onPull, WAITING, null);
    for (const signal of ['approve', 'rework'] as const)
      expect(await act(engine, github, { ...review, signal }, 'd1')).toMatch(/^ignored/);
    expect([comments.size, writes]).toEqual([0, []]);
    const signals = await database.transaction('system', async (tx) => tx.query('SELECT 1 FROM signals'));
    expect(signals).toEqual([]);
  });

  it('is answered while that run is at work', async () => {
    const { engine, github, comments } = world();
    await aRun({}, ['working'], PULL);
    await act(engine, github, review, 'd1');
    expect([...comments.values()][0]?.body).toContain('no run here is waiting');
  });
});

describe('a button', () => {
  const pressed = { ...review, via: 'button' as const, key: 'button:6', pullRequest: null, runIds: [runId] };

  it("on a fork's head, of which GitHub names no pull request, is for the run that the check names", async () => {
    const { engine, github } = world();
    await aRun(onPull, WAITING, null);
    expect(await act(engine, github, { ...pressed, runIds: [OTHER] }, 'd1')).toBe(
      `approve for ${OTHER}: taken`,
    );
    const [sent] = await database.transaction('system', async (tx) =>
      tx.query<{ payload: unknown }>('SELECT payload FROM signals'),
    );
    expect(sent?.payload).toMatchObject({ kind: 'approve', source: { via: 'button', number: PULL } });
  });

  it.each([
    ["on a fork's head", null, subject.number],
    ['on a head of which GitHub names another pull request', 99, subject.number],
    ['on the pull request of the run', PULL, PULL],
  ])('%s is answered where the run is', async (_where, pullRequest, number) => {
    const { engine, github, comments } = world();
    await aRun({}, DONE, PULL);
    expect(await act(engine, github, { ...pressed, pullRequest }, 'd1')).toMatch(/^answered/);
    expect([...comments.values()].map(({ on }) => on)).toEqual([number]);
  });

  it('is for no run of another repository', async () => {
    const { engine, github, comments } = world();
    await aRun({}, WAITING, PULL);
    const elsewhere = { ...pressed, tenant: { ...tenant, id: tenant.id + 1 } };
    expect(await act(engine, github, elsewhere, 'd1')).toMatch(/^ignored/);
    expect(comments.size).toBe(0);
  });
});

describe('red CI', () => {
  it('sends back the run that opened the pull request, and no other', async () => {
    const { engine, github } = world();
    await aRun({}, DONE, PULL);
    await aRun(onPull, WAITING, null);
    const ci = { kind: 'ci' as const, tenant, pullRequest: PULL, headSha: 'abc', key: 'ci:1', at: asked.at };
    expect(await act(engine, github, ci, 'd1')).toMatch(/^ignored/);
  });
});

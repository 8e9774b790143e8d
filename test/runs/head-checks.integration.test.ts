import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GateDecision } from '../../src/domain/gate.ts';
import type { RunView } from '../../src/domain/run-view.ts';
import type { GitHub } from '../../src/ports/github.ts';
import type { Job } from '../../src/ports/queue.ts';
import { openGate } from '../../src/runs/events/act-on-pull-request.ts';
import type { Engine } from '../../src/runs/engine.ts';
import { report } from '../../src/runs/report.ts';
import { claimRun, createRun } from '../../src/runs/tables/run-rows.ts';
import { sendSignal, signalsOf } from '../../src/runs/tables/signals.ts';
import { openSession, type Session } from '../../src/runs/session.ts';
import { settleRun } from '../../src/runs/stages/settle.ts';
import { fireTimer } from '../../src/runs/upkeep/timers.ts';
import { startSimulatedApp, type SimulatedApp } from '../adapters/octokit/simulated-app.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { reportUnjudgedHead } from '../../src/runs/head-checks.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

const REPOSITORY = 'octo/app';
const FIRST = 'r_aaaaaaaaaaaa';
const SECOND = 'r_bbbbbbbbbbbb';

let database: TestDatabase;
let app: SimulatedApp;
let queue: ReturnType<typeof recordingQueue>;
let engine: Engine;
let github: GitHub;
let headSha: string;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await database.transaction('system', async (tx) => tx.query('TRUNCATE tenants, runs, signals'));
  app = await startSimulatedApp();
  queue = recordingQueue();
  engine = testEngine({ database, queue, githubAccess: app.access });
  github = await app.access.forTenant(app.tenant);
  headSha = (await github.getRef('refs/heads/main')) ?? '';
  return async () => app.simulator.close();
});

const job = (data: Job['data'] = {}): Job => ({
  id: 'j',
  data,
  retryCount: 0,
  signal: new AbortController().signal,
  completeIn: async () => undefined,
});

/** A run at work on the head, each on an issue of its own. */
async function working(runId: string, view: Partial<RunView> = {}, via = github): Promise<Session> {
  const { number } = await app.simulator.as('octo').openIssue(REPOSITORY, { title: runId });
  await createRun(
    database,
    queue,
    runRequest({ runId, tenant: app.tenant, subject: { kind: 'issue', number } }),
  );
  const claimed = await claimRun(database, app.tenant.id, runId);
  if (claimed === null) throw new Error('no run');
  const session = await openSession(engine, via, claimed, job(), new AbortController().signal);
  session.show({ headSha, ...view });
  await session.change({ state: 'working' });
  await report(session);
  return session;
}

const asAction = (app: GitHub): GitHub => ({ ...app, identity: { ...app.identity, appId: null } });

/** Does that before each edit of a comment. */
function slowed(meanwhile: () => Promise<void>): GitHub {
  return new Proxy(github, {
    get: (target, name) =>
      name === 'updateComment'
        ? async (id: number, body: string) => {
            await meanwhile();
            return target.updateComment(id, body);
          }
        : (Reflect.get(target, name) as unknown),
  });
}

const done = { state: 'done', reason: 'nothing to do', failure: null } as const;
const cancelled = { state: 'cancelled', reason: 'cancelled by ada', failure: null } as const;

async function gate() {
  const checks = await github.listChecks(headSha);
  return checks.find(({ name }) => name === 'muster/gate');
}

async function fireChecks(): Promise<void> {
  for (const { data } of queue.sent.filter((sent) => sent.data['kind'] === 'checks'))
    await fireTimer(engine, job(data));
}

describe('the checks of a head', () => {
  it('know nothing of dry runs on it', async () => {
    await working(FIRST, { isDryRun: true });
    expect(await gate()).toBeUndefined();
    const second = await working(SECOND);
    await settleRun(second, cancelled);
    expect(await gate()).toMatchObject({ conclusion: 'cancelled', externalId: SECOND });
  });

  it('have buttons where a press is heard, which the Action never does', async () => {
    const [first, second] = [await working(FIRST), await working(SECOND, {}, asAction(github))];
    expect([first, second].map(({ view }) => view.hearsCommentsOnly)).toEqual([false, true]);
  });

  it('come to an end where two runs end together', async () => {
    let meanwhile: () => Promise<void> = async () => undefined;
    // The first has shown its checks and not written its end when the second goes through all of its own.
    const slow = slowed(async () => meanwhile());
    const first = await working(FIRST, {}, slow);
    const second = await working(SECOND);
    meanwhile = async () => void (await settleRun(second, done));
    await settleRun(first, done);
    expect(await gate()).toMatchObject({ status: 'in_progress' });
    await fireChecks();
    expect(await gate()).toMatchObject({ status: 'completed', conclusion: 'success' });
  });

  it('show what another run came to while they were written', async () => {
    let meanwhile: () => Promise<void> = async () => undefined;
    const slow = new Proxy(github, {
      get: (target, name) =>
        name === 'updateCheck'
          ? async (id: number, content: Parameters<GitHub['updateCheck']>[1]) => {
              const once = meanwhile;
              meanwhile = async () => undefined;
              await once();
              return target.updateCheck(id, content);
            }
          : (Reflect.get(target, name) as unknown),
    });
    const first = await working(FIRST, {}, slow);
    const second = await working(SECOND);
    meanwhile = async () => {
      second.show({ waiting: null });
      await second.change({ state: 'judging' });
      await second.change({ state: 'waiting' });
      await report(second);
    };
    first.show({ remarks: [], quote: { lowMicroUsd: 1, highMicroUsd: 2, capMicroUsd: 3 } });
    await report(first);
    expect(await gate()).toMatchObject({ conclusion: 'action_required' });
  });

  it('are not sent again where the second look finds them as they are', async () => {
    await settleRun(await working(FIRST), cancelled);
    const sent = app.simulator.requests.length;
    await fireChecks();
    const after = app.simulator.requests.slice(sent);
    expect(after.filter(({ method, path }) => method !== 'GET' && /check-runs/.test(path))).toEqual([]);
  });
});

/** Its own pull request, which waits. */
const DRAFT: GateDecision = { proposalId: 'p1', kind: 'pull_request', value: 'review', reasons: [] };

describe('the head that a run was asked on, which has opened a pull request since', () => {
  /** At work on a head of its own. */
  async function handedOn(view: Partial<RunView> = {}, via = github): Promise<Session> {
    await app.simulator.as('octo').push(REPOSITORY, 'own', { 'own.md': 'Own.\n' });
    const own = (await github.getRef('refs/heads/own')) ?? '';
    const pullRequest = { number: 9, url: 'https://github.test/octo/app/pull/9', headSha: own };
    const asked = { headSha, checksDigest: null };
    const session = await working(
      FIRST,
      { headSha: own, pullRequest, asked, decisions: [DRAFT], ...view },
      via,
    );
    expect(await gate()).toMatchObject({ status: 'in_progress' });
    await session.change({ state: 'publishing' });
    await session.change({ state: 'waiting' });
    await report(session);
    return session;
  }

  it('has the checks of both where another run works on it', async () => {
    const first = await handedOn();
    expect(await gate()).toMatchObject({ conclusion: 'success', externalId: FIRST });
    const second = await working(SECOND);
    expect(await gate()).toMatchObject({ status: 'in_progress', externalId: `${SECOND},${FIRST}` });
    await settleRun(second, cancelled);
    await settleRun(first, { state: 'failed', reason: 'all turns were used', failure: null });
    expect(await gate()).toMatchObject({ conclusion: 'cancelled', externalId: `${SECOND},${FIRST}` });
    await fireChecks();
    expect(await gate()).toMatchObject({ conclusion: 'cancelled' });
  });

  it('shows the end of the run where something of it waited there', async () => {
    let meanwhile: () => Promise<void> = async () => undefined;
    const slow = slowed(async () => meanwhile());
    const decisions = [{ proposalId: 'p2', kind: 'review' as const, value: 'approve' as const, reasons: [] }];
    const first = await handedOn({ decisions }, slow);
    const second = await working(SECOND);
    meanwhile = async () => void (await settleRun(second, done));
    await settleRun(first, cancelled);
    expect(await gate()).toMatchObject({ conclusion: 'action_required' });
    await fireChecks();
    expect(await gate()).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
  });
});

describe('a head that nobody is left to judge', () => {
  it('of a pull request of ours is closed, though it was said that nothing waits there', async () => {
    await openGate(github, headSha);
    expect(await gate()).toMatchObject({ conclusion: 'success', externalId: '' });
    await reportUnjudgedHead(engine, github, headSha, [FIRST], true);
    expect(await gate()).toMatchObject({ conclusion: 'failure', externalId: FIRST });
  });

  it('keeps what a run says that works on it', async () => {
    await working(SECOND);
    await reportUnjudgedHead(engine, github, headSha, [FIRST], true);
    expect(await gate()).toMatchObject({ status: 'in_progress', externalId: SECOND });
  });
});

describe('a decision that comes while a run ends', () => {
  it('is answered, and left to no push or retry that has the run go on', async () => {
    const session = await working(FIRST);
    const { number } = session.run.request.subject;
    const actor = { id: 7, login: 'grace', isBot: false };
    const source = { via: 'command', id: 1, number, at: '2026-01-05T00:00:00Z', reviewedSha: null } as const;
    await sendSignal(database, queue, app.tenant.id, FIRST, {
      id: 'comment:1',
      kind: 'reject',
      actor,
      source,
      reason: null,
    });
    await sendSignal(database, queue, app.tenant.id, FIRST, { id: 'r', kind: 'remark', text: 'seen' });
    await settleRun(session, done);
    expect((await signalsOf(session)).map(({ outcome }) => outcome)).toEqual([
      'too late: the run is done',
      'too late: the run is done',
    ]);
    const answers = await github.listComments(number, '2020-01-01T00:00:00Z');
    expect(answers.map(({ body }) => body).join()).toContain('`/reject` by grace came too late');
  });
});

import { createAppAccess } from '../../src/adapters/octokit/access.ts';
import { MusterError } from '../../src/domain/errors.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { Proposal, ProposalOf } from '../../src/domain/proposal.ts';
import type { GitHub, GitHubAccess } from '../../src/ports/github.ts';
import { createEffectors, effectorFor } from '../../src/publish/effectors.ts';
import type { PublishTarget } from '../../src/publish/target.ts';
import { carryOut, type EffectSpec, type Outbox } from '../../src/runs/effects.ts';
import { claimRun, createRun } from '../../src/runs/tables/run-rows.ts';
import { openGitHub } from '../../src/runs/takeover.ts';
import type { Issue } from '../../src/simulator/model.ts';
import { createSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { memoryWith } from '../memory/memory-store.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import type { TestDatabase } from '../support/database.ts';
import { silentLog } from '../support/log.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

export const REPOSITORY = 'octo/shop';

export const COMMENT: ProposalOf<'comment'> = { id: 'p1', kind: 'comment', body: 'The cause is `sum`.' };
/** The path that posts it. */
export const POSTING = /\/issues\/1\/comments$/;

/** One run of a simulated GitHub's repository, with issue #1 as its subject; sleeping takes no time. */
export interface OutboxScene {
  simulator: Simulator;
  clock: TestClock;
  /** As it stands on GitHub now. */
  issue(): Issue;
  /** Claims the run anew, as a worker does that takes it over. */
  claim(): Promise<Worker>;
  /** Requests so far whose path matches, with this method. */
  asked(method: string, path: RegExp): number;
  close(): Promise<void>;
}

/** One attempt of the run. */
export interface Worker {
  github: GitHub;
  outbox: Outbox;
  cancel(): void;
  /** Carries it out; `change` puts something else in the place of a part of it. */
  publish(proposal: Proposal, change?: (spec: EffectSpec) => Partial<EffectSpec>): Promise<Effect>;
}

export async function openOutbox(database: TestDatabase): Promise<OutboxScene> {
  // The database's own: GitHub's history is asked from the moment at which it recorded the intent.
  const clock = testClock(new Date().toISOString());
  const simulator = await createSimulator({ clock, limits: { contentPerMinute: 1_000 } });
  for (const login of ['octo', 'ada']) simulator.createUser(login);
  const repository = await simulator.createRepository({
    owner: 'octo',
    name: 'shop',
    files: { '.github/workflows/deploy.yml': 'on: workflow_dispatch\n' },
  });
  simulator.setRole(REPOSITORY, 'ada', 'maintain');
  const issue = await simulator.as('ada').openIssue(REPOSITORY, { title: 'It is wrong', body: '' });
  const { app, privateKey } = simulator.createApp({
    name: 'muster',
    owner: 'octo',
    permissions: { issues: 'write', contents: 'write', pull_requests: 'write', actions: 'write' },
    events: [],
  });
  const installation = simulator.installApp(app, 'octo');
  const access: GitHubAccess = createAppAccess({
    appId: app.id,
    privateKey,
    baseUrl: simulator.url,
    log: silentLog,
    isThrottled: false,
    now: () => clock.now().getTime(),
  });
  const request = runRequest({
    tenant: { id: repository.id, owner: 'octo', name: 'shop', installationId: installation.id },
    subject: { kind: 'issue', number: 1 },
  });
  await database.transaction('system', async (tx) => tx.query('TRUNCATE runs, steps, effects, signals'));
  await createRun(database, recordingQueue(), request);
  const engine = { database, clock, githubAccess: access };
  return {
    simulator,
    clock,
    issue: () => issue,
    asked: (method, path) =>
      simulator.requests.filter((one) => one.method === method && path.test(one.path)).length,
    claim: async () => {
      const claimed = await claimRun(database, repository.id, request.runId);
      if (claimed === null) throw new Error('no run');
      const cancelling = new AbortController();
      const github = await openGitHub(engine, claimed);
      const outbox = { engine, run: claimed.run, signal: cancelling.signal };
      const target = await targetOf(github, request.runId, clock);
      return {
        github,
        outbox,
        cancel: () => cancelling.abort(cancelled()),
        publish: async (proposal, change = () => ({})) => {
          const spec = await specOf(target, proposal);
          return carryOut(outbox, { ...spec, ...change(spec) });
        },
      };
    },
    close: async () => simulator.close(),
  };
}

function cancelled(): Error {
  return new MusterError('cancelled', 'ada', { value: 'cancel:1' });
}

async function targetOf(github: GitHub, runId: string, clock: TestClock): Promise<PublishTarget> {
  return {
    github,
    runId,
    agent: 'fixer',
    subject: { kind: 'issue', number: 1 },
    since: clock.now().toISOString(),
    repository: await github.getRepository(),
    headSha: null,
    commit: null,
    isDraftWanted: true,
    wholeUrl: null,
  };
}

async function specOf(target: PublishTarget, proposal: Proposal): Promise<EffectSpec> {
  const effector = effectorFor(createEffectors({ store: await memoryWith([]), noteFor: noNotes }), proposal);
  return {
    key: `r0/publish:${proposal.id}`,
    kind: proposal.kind,
    intent: proposal,
    canBeFound: effector.canBeFound,
    find: async () => effector.find(target, proposal),
    wasUndone: async (since) => (await effector.wasUndone?.(target, proposal, since)) ?? false,
    perform: async () => effector.perform(target, proposal),
    verify: async (receipt) => effector.verify(target, proposal, receipt),
  };
}

function noNotes(): never {
  throw new Error('these tests publish no notes');
}

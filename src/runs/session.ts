import type { Run } from '../domain/run.ts';
import type { ChecklistItem, RunView, SpendLine } from '../domain/run-view.ts';
import type { Transaction } from '../ports/database.ts';
import type { GitHub } from '../ports/github.ts';
import type { Job } from '../ports/queue.ts';
import type { Engine } from './engine.ts';
import { openJournal, type Journal } from './tables/journal.ts';
import { loadSpend, settleInterrupted } from './tables/ledger.ts';
import { changeRun, type RunChange, type StoredRun } from './tables/run-rows.ts';
import { endAttempt } from './takeover.ts';

/** One claim of one run: what it knows, and the only way to change it. */
export interface Session {
  readonly engine: Engine;
  readonly github: GitHub;
  readonly job: Job;
  /** Aborted by a cancel, a lost heartbeat, or a stopping worker. */
  readonly signal: AbortSignal;
  readonly run: Run;
  readonly view: RunView;
  /** From 0; behind `run.round` while earlier rounds are replayed. */
  readonly round: number;
  /** The steps of that round. */
  readonly journal: Journal;
  /** Steps that belong to the whole run, whatever the round. */
  readonly runJournal: Journal;
  /** Writes the change and the view, fenced; `alongside` commits with it. */
  change(change: RunChange, alongside?: (tx: Transaction) => Promise<void>): Promise<void>;
  /** Ends the job, and the attempt in order, together with the transaction of a `change`. */
  complete(tx: Transaction): Promise<void>;
  /** Changes the view in memory; it is stored with the next `change` or report. */
  show(change: Partial<Omit<RunView, 'run'>>): void;
  addSpend(line: SpendLine): void;
  /** Goes on to the next round: for a rework, or a retry of what was recorded as failed. */
  nextRound(): Promise<void>;
}

const STEPS = ['Prepare', 'Work', 'Check', 'Judge', 'Decide', 'Publish'] as const;

export type StepName = (typeof STEPS)[number];

/** Opens the journal and the ledger of a claimed run. */
export async function openSession(
  engine: Engine,
  github: GitHub,
  stored: StoredRun,
  job: Job,
  signal: AbortSignal,
): Promise<Session> {
  const { tenant, runId } = stored.run.request;
  await settleInterrupted(engine.database, stored.run);
  const journals = abortable(await openJournal(engine.database, stored.run, engine.clock), signal);
  const spend = await engine.database.transaction(tenant.id, async (tx) => loadSpend(tx, tenant.id, runId));
  let { run } = stored;
  let round = 0;
  const hearsCommentsOnly = github.identity.appId === null;
  let view: RunView = { ...(stored.view ?? emptyView(run)), run, spend, hearsCommentsOnly };
  const session: Session = {
    engine,
    github,
    job,
    signal,
    get run() {
      return run;
    },
    get view() {
      return view;
    },
    get journal() {
      return journals(`r${round}/`);
    },
    get round() {
      return round;
    },
    runJournal: journals(''),
    change: async (change, alongside) => {
      await engine.database.transaction('system', async (tx) => {
        const next = await changeRun(tx, run, { ...change, view });
        await alongside?.(tx);
        run = next;
      });
      view = { ...view, run };
    },
    complete: async (tx) => {
      await endAttempt(tx, run);
      await job.completeIn(tx);
    },
    show: (change) => {
      view = { ...view, ...change };
    },
    addSpend: (line) => {
      view = { ...view, spend: [...view.spend, line] };
    },
    nextRound: async () => {
      round += 1;
      if (round > run.round) await session.change({ round });
    },
  };
  return session;
}

/** No step begins once the run was stopped: a cancel waits for the one in hand at most. */
function abortable(journals: (prefix: string) => Journal, signal: AbortSignal): (prefix: string) => Journal {
  return (prefix) => {
    const journal = journals(prefix);
    return {
      has: (key) => journal.has(key),
      step: async (spec, work, alongside) => {
        signal.throwIfAborted();
        return journal.step(spec, work, alongside);
      },
    };
  };
}

/** The checklist with everything before `current` ticked. */
export function checklist(current: StepName | 'done', failed = false): ChecklistItem[] {
  const position = current === 'done' ? STEPS.length : STEPS.indexOf(current);
  return STEPS.map((label, index) => {
    if (index < position) return { label, state: 'done' };
    if (index > position) return { label, state: 'pending' };
    return { label, state: failed ? 'failed' : 'current' };
  });
}

/** A run of which nothing is known yet. */
export function emptyView(run: Run): RunView {
  return {
    run,
    isPrivateRepository: false,
    repositoryUrl: '',
    steps: checklist('Prepare'),
    plan: [],
    quote: null,
    spend: [],
    budgets: null,
    proposals: [],
    guardFindings: [],
    verdict: null,
    decisions: [],
    waiting: null,
    approvals: [],
    effects: [],
    pullRequest: null,
    failure: null,
    remarks: [],
    headSha: null,
    isDryRun: run.request.isDryRun,
    comment: null,
    checksDigest: null,
  };
}

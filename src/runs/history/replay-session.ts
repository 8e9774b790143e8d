import { digestOf } from '../../domain/digest.ts';
import { messageOf, MusterError } from '../../domain/errors.ts';
import { toJson } from '../../domain/json.ts';
import type { Run } from '../../domain/run.ts';
import type { RunView } from '../../domain/run-view.ts';
import { NO_USAGE } from '../../domain/usage.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GitHub } from '../../ports/github.ts';
import type { SecretScanner } from '../../ports/secrets.ts';
import type { Workspace } from '../../ports/workspace.ts';
import type { Engine } from '../engine.ts';
import { asRecorded, type Journal } from '../tables/journal.ts';
import { stepLabel } from '../tables/ledger.ts';
import { emptyView, type Session } from '../session.ts';
import type { RunRecord } from './timeline.ts';

/** What this build makes of one recorded step. */
export interface ReplayedStep {
  /** e.g. `r0/turn-3`. */
  key: string;
  /**
   * `not_compared`: executing it again takes GitHub; `not_reached`: this build goes another way. The latter and
   * the other two that are not `same` are divergences.
   */
  outcome: 'same' | 'another_input' | 'another_output' | 'not_compared' | 'not_reached';
  detail: string | null;
}

/** What a replay needs of the process that it runs in. */
export interface ReplayDeps {
  scanner: SecretScanner;
  clock: Clock;
}

/** Executed again, with what they ask for taken from the record; every other step's output is the record's. */
export const STAGES: ReadonlySet<string> = new Set(['work', 'guard', 'verdict', 'gate']);

/** What stages read, as they recorded it. A record of a build that did not yet is no divergence. */
const READS: ReadonlySet<string> = new Set([
  'recall',
  'base',
  'workflows',
  'earlier',
  'material',
  'learned',
  'hold',
]);

/**
 * A session over a record instead of a claim: its journal compares what this build does with what was recorded,
 * and nothing can be reached from it, neither GitHub nor a model nor a database.
 */
export function openReplaySession(
  record: RunRecord,
  deps: ReplayDeps,
): { session: Session; compared: ReplayedStep[] } {
  const compared: ReplayedStep[] = [];
  const journals = compareWith(record, compared);
  // Taint, state and round are what the stages make of them once more.
  let run: Run = { ...record.run, state: 'working', round: 0, isTainted: false };
  let view: RunView = { ...emptyView(run), spend: spendUntil(record, 0) };
  const session: Session = {
    engine: offlineEngine(deps),
    github: offlineGitHub(),
    job: {
      id: 'replay',
      data: {},
      retryCount: 0,
      signal: new AbortController().signal,
      completeIn: async () => undefined,
    },
    signal: new AbortController().signal,
    get run() {
      return run;
    },
    get view() {
      return view;
    },
    get round() {
      return run.round;
    },
    get journal() {
      return journals(`r${run.round}/`);
    },
    runJournal: journals(''),
    change: async ({ isTainted = false }) => {
      run = { ...run, isTainted: run.isTainted || isTainted };
      view = { ...view, run };
    },
    complete: async () => undefined,
    show: (change) => {
      view = { ...view, ...change };
    },
    addSpend: () => undefined,
    nextRound: async () => {
      run = { ...run, round: run.round + 1 };
      view = { ...view, run, spend: spendUntil(record, run.round) };
    },
  };
  return { session, compared };
}

function compareWith(record: RunRecord, compared: ReplayedStep[]): (prefix: string) => Journal {
  const steps = new Map(record.steps.map((step) => [step.key, step]));
  return (prefix) => ({
    has: (key) => steps.has(prefix + key),
    step: async <T>(spec: { key: string; input: unknown }, work: () => Promise<T>): Promise<T> => {
      const key = prefix + spec.key;
      const recorded = steps.get(key);
      if (recorded === undefined) return goOn(key, spec.key, work);
      if (recorded.inputDigest !== digestOf(spec.input))
        compared.push({ key, outcome: 'another_input', detail: null });
      else if (!STAGES.has(spec.key)) compared.push({ key, outcome: 'same', detail: null });
      else compared.push(await execute(key, recorded.output, work));
      return asRecorded(recorded.output) as T;
    },
  });
}

/** A stage that was cut off has recorded what it did until then. */
async function goOn<T>(key: string, name: string, work: () => Promise<T>): Promise<T> {
  if (READS.has(name)) return offline();
  if (STAGES.has(name)) return work();
  throw notRecorded(key);
}

async function execute(key: string, recorded: unknown, work: () => Promise<unknown>): Promise<ReplayedStep> {
  try {
    const isSame = digestOf(comparable(await work())) === digestOf(comparable(recorded));
    return { key, outcome: isSame ? 'same' : 'another_output', detail: null };
  } catch (error) {
    const isOffline = error instanceof MusterError && error.code === 'offline';
    return { key, outcome: isOffline ? 'not_compared' : 'another_output', detail: messageOf(error) };
  }
}

/**
 * A verdict names what it cost, which is the ledger's and nothing that this build decides, and the budget that left
 * nothing for a judge, which earlier builds only put into words.
 */
function comparable(output: unknown): unknown {
  const value = toJson(output);
  const isVerdict = typeof value === 'object' && value !== null && !Array.isArray(value) && 'kind' in value;
  if (!isVerdict) return value;
  const { costMicroUsd: _ofTheLedger, exhausted: _inWords, ...decided } = value;
  return decided;
}

/** What had been spent when that round's gate looked: the calls of every round up to it. */
function spendUntil({ ledger }: RunRecord, round: number): RunView['spend'] {
  return ledger
    .filter(({ key }) => Number(/^r(\d+)\//.exec(key)?.[1] ?? 0) <= round)
    .map(({ key, model, usage, spentMicroUsd, reservedMicroUsd }) => ({
      step: stepLabel(key),
      model,
      usage: usage ?? NO_USAGE,
      costMicroUsd: spentMicroUsd ?? reservedMicroUsd,
    }));
}

function offlineEngine({ scanner, clock }: ReplayDeps): Engine {
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  return {
    scanner,
    clock,
    log,
    // Of other runs nothing is known here.
    database: {
      transaction: async (_scope, work) => work({ query: async () => [] }),
      statement: async () => [],
      ping: async () => true,
      close: async () => undefined,
    },
    queue: { start: offline, send: offline, sendAll: offline, work: offline, drain: offline, stop: offline },
    githubAccess: { forTenant: offline, reaches: offline, revoke: offline },
    model: { providers: [], generate: offline },
    workspaces: { open: async () => offlineWorkspace() },
    notes: { get: offline, put: offline, remove: offline, list: offline, clear: offline },
    telemetry: { span: async (_name, _attributes, work) => work(), count: ignore, record: ignore },
    builtinAgents: [],
    canWait: true,
  };
}

/** Every tool that a checkout brings is offered, as it was; what they answered is recorded. */
function offlineWorkspace(): Workspace {
  return {
    baseSha: null,
    readFile: offline,
    listFiles: offline,
    search: offline,
    writeFile: offline,
    deleteFile: offline,
    changes: offline,
    apply: async () => undefined,
    runCommand: offline,
    dispose: async () => undefined,
  };
}

/** Who we are, and a refusal of everything else: the one place where a part of the port stands for all of it. */
function offlineGitHub(): GitHub {
  const known = { identity: { appId: 0, login: '' }, gitToken: async () => '' };
  return new Proxy(known, {
    get: (target, name) => (name in target ? Reflect.get(target, name) : offline),
  }) as unknown as GitHub;
}

// Retryable: what only can't be asked here is no answer, and must not be taken for one.
async function offline(): Promise<never> {
  throw new MusterError('offline', 'it takes more than the record to do this again', { isRetryable: true });
}

function ignore(): void {
  return undefined;
}

function notRecorded(key: string): MusterError {
  return new MusterError('not_recorded', `this build goes on with ${key}, which is not recorded`, {
    value: key,
  });
}

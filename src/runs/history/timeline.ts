import type { Effect } from '../../domain/effect.ts';
import type { MicroUsd } from '../../domain/money.ts';
import { isEnded, type Run } from '../../domain/run.ts';
import type { TokenUsage } from '../../domain/usage.ts';
import { describeStep, type StepRow } from './step-text.ts';
import type { Signal } from '../tables/signals.ts';

/** Times of rows are ISO 8601. */
export interface SignalRow {
  payload: Signal;
  receivedAt: string;
  consumedAt: string | null;
  outcome: string | null;
}

export interface EffectRow extends Effect {
  attempt: number;
  intendedAt: string;
  settledAt: string | null;
}

export interface LedgerRow {
  /** The step's key, `#`, attempt and try. */
  key: string;
  model: string;
  reservedMicroUsd: MicroUsd;
  /** Null while the call is in flight. */
  spentMicroUsd: MicroUsd | null;
  usage: TokenUsage | null;
  attempt: number;
  at: string;
}

/** All that is recorded of one run. */
export interface RunRecord {
  run: Run;
  steps: StepRow[];
  signals: SignalRow[];
  effects: EffectRow[];
  ledger: LedgerRow[];
}

export interface TimelineEntry {
  at: string;
  kind: 'run' | 'step' | 'signal' | 'ledger' | 'effect';
  /** A person, the agent, the judge, or `muster`. */
  who: string;
  /** e.g. `r0/turn-3`, `approve`, `publish:p1`. */
  what: string;
  /** In a few words; may hold text of people and models. */
  detail: string | null;
  /** Null for what is not over, and for what takes no time. */
  durationMs: number | null;
  costMicroUsd: MicroUsd | null;
  /** The claim of the run that wrote it. */
  attempt: number | null;
}

/** Of what began in the same millisecond. */
const ORDER: readonly TimelineEntry['kind'][] = ['run', 'signal', 'step', 'ledger', 'effect'];

/** A run from its trigger to its end, in the order in which things began: who did what, how long, how much. */
export function timelineOf(record: RunRecord): TimelineEntry[] {
  const { run, steps, signals, effects, ledger } = record;
  const agent = run.request.work.name;
  const entries = [
    started(run),
    ...signals.map(fromSignal),
    ...steps.map((step) => fromStep(step, agent, steps)),
    ...ledger.map((row) => fromLedger(row, agent)),
    ...effects.map(fromEffect),
  ].sort(
    (left, right) =>
      Date.parse(left.at) - Date.parse(right.at) || ORDER.indexOf(left.kind) - ORDER.indexOf(right.kind),
  );
  return isEnded(run.state) ? [...entries, ended(run)] : entries;
}

function started({ request, createdAt }: Run): TimelineEntry {
  const { trigger, requester, work } = request;
  return {
    at: createdAt,
    kind: 'run',
    who: who(requester?.login ?? trigger.actor?.login),
    what: `asked for ${work.kind}:${work.name}`,
    detail: trigger.summary,
    durationMs: null,
    costMicroUsd: null,
    attempt: null,
  };
}

function ended(run: Run): TimelineEntry {
  return {
    at: run.updatedAt,
    kind: 'run',
    who: 'muster',
    what: run.state,
    detail: run.reason,
    durationMs: Date.parse(run.updatedAt) - Date.parse(run.createdAt),
    costMicroUsd: null,
    attempt: run.attempt,
  };
}

function fromSignal({ payload, receivedAt, consumedAt, outcome }: SignalRow): TimelineEntry {
  const said = [textOf(payload), outcome === null ? null : `→ ${outcome}`].filter((part) => part !== null);
  return {
    at: receivedAt,
    kind: 'signal',
    who: 'actor' in payload && payload.actor !== null ? who(payload.actor.login) : 'muster',
    what: payload.kind,
    detail: said.length === 0 ? null : said.join(' '),
    durationMs: consumedAt === null ? null : Date.parse(consumedAt) - Date.parse(receivedAt),
    costMicroUsd: null,
    attempt: null,
  };
}

function textOf(signal: Signal): string | null {
  switch (signal.kind) {
    case 'rework':
    case 'ci':
    case 'remark':
      return signal.text;
    case 'push':
      return signal.headSha;
    case 'reject':
      return signal.reason;
    case 'approve':
    case 'retry':
    case 'cancel':
    case 'closed':
    case 'expire':
      return null;
  }
}

function fromStep(step: StepRow, agent: string, steps: readonly StepRow[]): TimelineEntry {
  return {
    at: step.startedAt,
    kind: 'step',
    who: ['turn', 'tool', 'work'].includes(step.kind) ? agent : step.kind === 'judge' ? 'judge' : 'muster',
    what: step.key,
    detail: describeStep(step, steps),
    durationMs: Date.parse(step.endedAt) - Date.parse(step.startedAt),
    costMicroUsd: null,
    attempt: step.attempt,
  };
}

function fromLedger(row: LedgerRow, agent: string): TimelineEntry {
  const tokens =
    row.usage === null ? '' : `, ${row.usage.inputTokens} tokens in, ${row.usage.outputTokens} out`;
  return {
    at: row.at,
    kind: 'ledger',
    who: row.key.includes('judge') ? 'judge' : agent,
    what: row.key,
    detail: `${row.model}${row.spentMicroUsd === null ? ', in flight: its reservation counts' : tokens}`,
    durationMs: null,
    costMicroUsd: row.spentMicroUsd ?? row.reservedMicroUsd,
    attempt: row.attempt,
  };
}

function fromEffect(effect: EffectRow): TimelineEntry {
  const { receipt, reason } = effect;
  const parts = [effect.kind, effect.state, receipt?.url, reason].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  return {
    at: effect.intendedAt,
    kind: 'effect',
    who: 'muster',
    what: effect.key,
    detail: parts.join(', '),
    durationMs:
      effect.settledAt === null ? null : Date.parse(effect.settledAt) - Date.parse(effect.intendedAt),
    costMicroUsd: null,
    attempt: effect.attempt,
  };
}

function who(login: string | undefined): string {
  return login === undefined ? 'muster' : `@${login}`;
}

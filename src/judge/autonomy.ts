import {
  DOWN_BOUND,
  LADDER,
  LIFT_BOUND,
  LIFT_STREAK,
  NEW_DECISIONS,
  REJECTION_STREAK,
  UP_BOUND,
  WINDOW,
  type AgentRecord,
  type HoldCause,
  type PastDecision,
} from '../domain/autonomy.ts';
import type { Autonomy } from '../domain/config.ts';
import { MIN_DECISIONS } from '../domain/verdict.ts';

/** Normal quantile of a two-sided interval of 95 %. */
const Z_95 = 1.96;

/**
 * Weighs the decisions since the last change of the rung, oldest first. From `dry-run` nothing is earned, because it
 * leaves nothing to decide on.
 */
export function weighRecord(rung: Autonomy, decisions: readonly PastDecision[]): AgentRecord {
  let hold: AgentRecord['hold'] = null;
  for (const [index, { at }] of decisions.entries()) {
    const known = decisions.slice(Math.max(0, index + 1 - WINDOW), index + 1);
    const cause: HoldCause | null = hold === null ? causeOf(known) : null;
    if (cause !== null) hold = { cause, since: at };
    else if (isRecovered(known)) hold = null;
  }
  const measured = measure(decisions.slice(-WINDOW));
  if (rung === 'dry-run') return { ...measured, hold: null, proposed: null };
  const isEarned = measured.decisions >= MIN_DECISIONS && measured.bound >= UP_BOUND;
  const steps = hold === null ? Number(isEarned) : -1;
  const proposed = steps === 0 ? null : (LADDER[LADDER.indexOf(rung) + steps] ?? null);
  return { ...measured, hold, proposed };
}

/** True where the record has changed since a proposal on the decisions up to `before` (ISO 8601). */
export function isNewRecord(
  decisions: readonly PastDecision[],
  { hold }: AgentRecord,
  before: string,
): boolean {
  const isAfter = (at: string) => Date.parse(at) > Date.parse(before);
  if (hold !== null && isAfter(hold.since)) return true;
  return decisions.filter(({ at }) => isAfter(at)).length >= NEW_DECISIONS;
}

/** Only a decision against the agent begins a hold. */
function causeOf(known: readonly PastDecision[]): HoldCause | null {
  const last = known.at(-1)?.decision;
  if (last === 'approved') return null;
  if (last === 'reverted') return 'revert';
  if (endsWith(known, 'rejected', REJECTION_STREAK)) return 'streak';
  return known.length >= MIN_DECISIONS && measure(known).bound < DOWN_BOUND ? 'drop' : null;
}

function isRecovered(known: readonly PastDecision[]): boolean {
  if (!endsWith(known, 'approved', LIFT_STREAK)) return false;
  return known.length < MIN_DECISIONS || measure(known).bound >= LIFT_BOUND;
}

/** A rework is no end: streaks go on over it. */
function endsWith(known: readonly PastDecision[], decision: string, count: number): boolean {
  const last = known.filter((past) => past.decision !== 'reworked').slice(-count);
  return last.length === count && last.every((past) => past.decision === decision);
}

function measure(known: readonly PastDecision[]): Pick<AgentRecord, 'decisions' | 'accepted' | 'bound'> {
  const accepted = known.filter(({ decision }) => decision === 'approved').length;
  const reworked = known.filter(({ decision }) => decision === 'reworked').length;
  return { decisions: known.length, accepted, bound: lowerBound(accepted, known.length - reworked / 2) };
}

/** Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference. */
function lowerBound(accepted: number, total: number): number {
  if (total === 0) return 0;
  const share = accepted / total;
  const square = Z_95 ** 2;
  const middle = share + square / (2 * total);
  const spread = Z_95 * Math.sqrt((share * (1 - share)) / total + square / (4 * total ** 2));
  return Math.max(0, (middle - spread) / (1 + square / total));
}

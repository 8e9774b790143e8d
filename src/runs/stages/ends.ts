import { messageOf, MusterError } from '../../domain/errors.ts';
import type { CutShort } from '../../domain/run-view.ts';
import type { Published } from '../decision/decide-on.ts';
import type { Unprepared } from './prepare.ts';
import type { Session } from '../session.ts';
import type { RunEnd } from './settle.ts';
import type { Worked } from './work.ts';

export function endOfUnprepared(unprepared: Unprepared): RunEnd {
  return {
    state: unprepared.kind,
    reason: unprepared.reason,
    failure: { kind: unprepared.failureKind, message: unprepared.reason, tried: [], next: unprepared.next },
  };
}

/** How a round ends that asked for nothing to be published; null where it did. */
export function endWithoutProposals(worked: Worked): RunEnd | null {
  const { result } = worked;
  if (result.proposals.length > 0 || result.notes.length > 0) return null;
  if (result.end.kind === 'noop')
    return { state: 'done', reason: `nothing to do: ${result.end.reason}`, failure: null };
  if (result.end.kind === 'missing') {
    return failed(
      'missing',
      `missing ${result.end.what}: ${result.end.why}`,
      'Give what is missing, then ask again.',
      [turnsOf(worked)],
    );
  }
  const short = cutShortOf(worked);
  const tried = [turnsOf(worked)];
  switch (short?.by) {
    case 'budget':
      return failed('budget', short.reason, 'Raise the budget, or ask for less, then `/retry`.', tried);
    case 'time':
      return failed(
        'timeout',
        short.reason,
        'Raise `budget.minutes` in the agent file, then `/retry`.',
        tried,
      );
    case 'turns':
      return failed(
        'turns',
        `${short.reason} without a proposal`,
        'Raise `maxTurns`, or ask for less, then `/retry`.',
        tried,
      );
    case undefined:
      return failed(
        'nothing_proposed',
        'the agent ended without proposing anything',
        '`/retry`, or ask more precisely.',
        [...tried, 'it was reminded once to propose something, or to say that there is nothing'],
      );
  }
}

/** What ended the agent's work before it was through; null where it came to an end by itself. */
export function cutShortOf({ result, exhausted }: Pick<Worked, 'result' | 'exhausted'>): CutShort | null {
  const turns = result.turns === 1 ? '1 turn' : `${result.turns} turns`;
  switch (result.stop) {
    case 'over_budget':
      return { by: 'budget', reason: `${exhausted ?? 'the budget'} was used up after ${turns}` };
    case 'timed_out':
      return { by: 'time', reason: `the time was used up after ${turns}` };
    case 'turns_used':
      return { by: 'turns', reason: `all ${turns} were used` };
    case 'finished':
      return null;
  }
}

/** The end of a review that would only repeat earlier ones. */
export function endOfNothingNew(): RunEnd {
  return ended('done', 'nothing to do: earlier reviews said all of it already');
}

export function endOfDryRun(): RunEnd {
  return ended('done', 'dry run: nothing was published');
}

/** The end of a rework that carried out what it proposed, where a draft of an earlier round was approved by nobody. */
export function endOfDraftLeft({ view }: Session): RunEnd {
  return failed(
    'draft_left',
    `nobody has approved the draft #${view.pullRequest?.number}, and the rework brought no pull request that may take its place`,
    '`/retry` has the agent try it again; else close the draft.',
  );
}

/** The end of a run whose proposals were carried out, or decided against. */
export function endOfEffects(session: Session, published: Published): RunEnd {
  const { decision, effects, withheld } = published;
  if (decision !== null && decision !== 'suspended') {
    switch (decision.kind) {
      case 'rejected':
        return ended(
          'rejected',
          `rejected by ${decision.by}${decision.reason === null ? '' : `: ${decision.reason}`}`,
        );
      case 'cancelled':
        return ended('cancelled', `cancelled by ${decision.by}`);
      case 'expired':
        return ended('expired', 'nobody decided in time');
      case 'merged':
        return ended('done', `${decision.by} merged the pull request; nothing else is published`);
      case 'approved':
      case 'rework':
        break;
    }
  }
  const broken = effects.filter((effect) => effect.state === 'failed' || effect.state === 'unknown');
  if (broken.length > 0) {
    const reasons = broken.map(
      (effect) => `${effect.kind}: ${effect.state === 'unknown' ? 'unclear, ' : ''}${effect.reason ?? ''}`,
    );
    return failed(
      'publishing',
      reasons.join('; '),
      'See to what GitHub refused, then `/retry`; look first where it is unclear: that is never repeated by itself.',
    );
  }
  const isVerified = effects.some((effect) => effect.state === 'verified');
  const withheldReason = `${withheld} of the proposals need a person's approval, which this host can't wait for: install the App, or set \`database-url\``;
  if (!isVerified) {
    const blocked = session.view.decisions.flatMap((gate) => gate.reasons).join('; ');
    return withheld > 0
      ? failed('withheld', withheldReason, 'Install the App, or let the gate publish this kind.')
      : failed(
          'blocked',
          `nothing could be published: ${blocked || 'every proposal was dropped'}`,
          'See what the guards and the gate say, then `/rework` or ask again.',
        );
  }
  return ended('done', withheld > 0 ? withheldReason : null);
}

/** The end of a run that threw: its class, and what a person can do. */
export function endOfError(error: unknown): RunEnd {
  const kind = error instanceof MusterError ? error.code : 'internal';
  return failed(
    kind,
    kind === 'internal' ? 'an unexpected error; the log has it under this run' : messageOf(error),
    nextAfter(kind),
  );
}

function nextAfter(kind: string): string {
  if (kind === 'model_authentication') return "Correct the provider's key, then `/retry`.";
  if (kind === 'model_quota') return "Top up the provider's account, then `/retry`.";
  if (kind.startsWith('github_forbidden')) return 'Give the App the permission that is named, then `/retry`.';
  if (kind === 'journal_diverged') return 'Ask for a new run: this build continues none of the old one.';
  return '`/retry`; if it fails again, look at the log.';
}

function turnsOf({ result }: Worked): string {
  return `${result.turns} ${result.turns === 1 ? 'turn' : 'turns'} of the agent`;
}

/** @param tried Where it is empty, what is recorded of it says so. */
function failed(kind: string, message: string, next: string, tried: string[] = []): RunEnd {
  return { state: 'failed', reason: message, failure: { kind, message, tried, next } };
}

function ended(state: RunEnd['state'], reason: string | null): RunEnd {
  return { state, reason, failure: null };
}

import { learn } from '../../judge/aggregate.ts';
import { isSeenWhole, judgeMaterial, type MaterialParts } from '../../judge/material.ts';
import { judgeRequest } from '../../judge/judge-request.ts';
import { combinePanel, inOrder, seatPanel, type Answer, type Seat } from '../../judge/panel.ts';
import { readVerdict } from '../../judge/read-verdict.ts';
import { rubricOf } from '../../judge/rubric.ts';
import { MusterError } from '../../domain/errors.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Checked } from './check.ts';
import { loadDecisions, toDecided } from '../tables/decisions.ts';
import { gatherMaterial } from './judge-material.ts';
import { callModel } from './model-call.ts';
import { guardVerdict } from './model-text.ts';
import type { Prepared } from './prepare.ts';
import { reportProgress } from '../report.ts';
import { checklist, type Session } from '../session.ts';
import { quoteCode, quoteData } from './tool-deps.ts';
import type { Worked } from './work.ts';

/** A first answer that can't be read is asked for once more; a second one means no verdict. */
const TRIES = 2;

/**
 * The verdict on what the guards let through; never a throw for what the judge did wrong.
 *
 * @param isPushed True for what stands on our pull request after a push, rather than for what was proposed.
 */
export async function judge(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  checked: Checked,
  isPushed = false,
): Promise<Verdict> {
  const threshold = prepared.agent.judge.threshold ?? prepared.config.judge.threshold;
  const proposals = checked.proposals.filter((proposal) => proposal.kind !== 'notes');
  if (proposals.length === 0) {
    const verdict: Verdict = { kind: 'not_needed', reason: 'nothing was proposed' };
    session.show({ verdict });
    // Someone pushed to where only notes wait: what waits in the new round has an expiry of its own.
    if (session.run.state === 'waiting' && !session.journal.has('gate'))
      await session.change({ state: 'judging' });
    return verdict;
  }
  if (!session.journal.has('verdict')) {
    session.show({ steps: checklist('Judge') });
    if (session.run.state !== 'judging') await session.change({ state: 'judging' });
    await reportProgress(session);
  }
  const verdict = await session.journal.step<Verdict>(
    { key: 'verdict', kind: 'judge', input: { proposals: checked.proposals } },
    async () => {
      if (prepared.judge.kind === 'refused')
        return { kind: 'missing', reason: prepared.judge.reason, threshold };
      const parts = await gatherMaterial(session, prepared, worked, checked, isPushed);
      return askPanel(session, prepared, parts, threshold, prepared.judge);
    },
  );
  session.show({ verdict: await guardVerdict(session, verdict) });
  return verdict;
}

/** Everyone on the panel one after the other, so that each is paid from what the one before left over. */
async function askPanel(
  session: Session,
  prepared: Prepared,
  parts: MaterialParts,
  threshold: number,
  chosen: { model: string; isSelfJudged: boolean },
): Promise<Verdict> {
  const { engine, run } = session;
  const spentBefore = session.view.spend.length;
  const seats = seatPanel([chosen.model, ...prepared.panel], prepared.config.judge.panel);
  const answers: Answer[] = [];
  const reasons: string[] = [];
  let short: { exhausted?: string } = {};
  for (const [index, seat] of seats.entries()) {
    const answer = await askSeat(session, prepared, parts, seat, index + 1, seats.length);
    if (answer.kind === 'answered') answers.push(answer.answer);
    else reasons.push(answer.reason);
    if (answer.kind === 'unpaid') short = { exhausted: answer.label };
  }
  // Recorded: who decides meanwhile does not change what these answers come to.
  const learned = await session.journal.step({ key: 'learned', kind: 'judge', input: null }, async () => {
    const { id } = run.request.tenant;
    const decisions = await engine.database.transaction(id, async (tx) => loadDecisions(tx, id));
    return learn(decisions.map(toDecided));
  });
  const combined = combinePanel(answers, {
    seats: seats.length,
    threshold,
    learned,
    proposedCharacters: JSON.stringify(parts.proposals).length,
  });
  if (combined === null)
    return { kind: 'missing', reason: missingReason(reasons, seats.length), threshold, ...short };
  return {
    kind: 'scored',
    ...combined,
    model: chosen.model,
    isSelfJudged: chosen.isSelfJudged,
    ...(isSeenWhole(parts) ? {} : { sawWhole: false }),
    ...short,
    costMicroUsd: session.view.spend.slice(spentBefore).reduce((sum, line) => sum + line.costMicroUsd, 0),
  };
}

function missingReason(reasons: readonly string[], seats: number): string {
  const [first = 'the judge gave no answer'] = reasons;
  return seats === 1 ? first : `${reasons.length} of ${seats} judges gave no verdict: ${first}`;
}

type SeatAnswer =
  | { kind: 'answered'; answer: Answer }
  | { kind: 'silent'; reason: string }
  /** `label` is of the budget that left nothing for it. */
  | { kind: 'unpaid'; reason: string; label: string };

/** One seat's answer; each of its questions is a recorded step of its own. */
async function askSeat(
  session: Session,
  prepared: Prepared,
  parts: MaterialParts,
  seat: Seat,
  number: number,
  seats: number,
): Promise<SeatAnswer> {
  const criteria = rubricOf(prepared.agent);
  const material = judgeMaterial(
    { ...parts, proposals: inOrder(parts.proposals, seat.order) },
    {
      quote: (text, source) => quoteData(prepared, text, source),
      quoteCode: (text, source) => quoteCode(prepared, text, source),
    },
  );
  const { maxOutputTokens: _decidedByTheBudget, ...request } = judgeRequest({
    model: seat.model,
    agent: prepared.agent.name,
    criteria: inOrder(criteria, seat.order),
    material,
    maxOutputTokens: 0,
  });
  let reason = 'the judge gave no answer';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      const key = attempt === 1 ? `judge-${number}` : `judge-${number}-again`;
      const answer = await callModel(session, prepared, { key, kind: 'judge' }, request);
      if (answer.kind === 'over_budget')
        return { kind: 'unpaid', reason: `${answer.label} left nothing for the judge`, label: answer.label };
      const read = readVerdict(answer.reply.text, criteria, material);
      if (read.kind === 'read') return { kind: 'answered', answer: { ...seat, ...read } };
      reason = read.reason;
    } catch (error) {
      // A panel can do without one of its models; a single judge that fails fails the run, to be retried.
      if (seats === 1 || !isModelFailure(error)) throw error;
      session.signal.throwIfAborted();
      return { kind: 'silent', reason: `\`${seat.model}\`: ${error.message}` };
    }
  }
  return { kind: 'silent', reason };
}

function isModelFailure(error: unknown): error is MusterError {
  return error instanceof MusterError && error.code.startsWith('model_') && error.code !== 'model_aborted';
}

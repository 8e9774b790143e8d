import { isEnded } from '../../domain/run.ts';
import type { GitHub } from '../../ports/github.ts';
import type { RoutedSignal } from '../../router/routed.ts';
import type { Engine } from '../engine.ts';
import { chooseRun, findRuns, takerOf, type FoundRun } from '../tables/find-run.ts';
import type { SignalSource } from '../tables/signals.ts';
import { answer, deliver, MOVABLE, toSignal, withEyes, type Moving } from './move-run.ts';

/**
 * A review or a button: the same signals that the commands send. A review's state is for the run that opened the
 * pull request, and nobody's command once that has ended.
 */
export async function actOnSignal(engine: Engine, github: GitHub, asked: RoutedSignal): Promise<string> {
  const { tenant, via, runIds } = asked;
  const number = asked.pullRequest ?? 0;
  const runs = await engine.database.transaction(tenant.id, async (tx) => findRuns(tx, tenant.id, number));
  const fitting = runs.filter(({ runId, isOpener }) =>
    via === 'review' ? isOpener : runIds.includes(runId),
  );
  const taker = await takerOf(engine, tenant.id, fitting, asked.key);
  if (taker !== null) return `${asked.signal} for ${taker}: repeated`;
  if (via === 'review' && fitting.every(({ state }) => isEnded(state)))
    return 'ignored: the run that opened the pull request has ended';
  return withEyes(engine, github, asked.react, tell(engine, github, asked, fitting, number));
}

async function tell(
  engine: Engine,
  github: GitHub,
  asked: RoutedSignal,
  runs: readonly FoundRun[],
  number: number,
): Promise<string> {
  const { tenant, signal: kind, via } = asked;
  const chosen = chooseRun(runs, null, MOVABLE[kind], kind);
  if (chosen.kind === 'unclear') {
    if (number !== 0) await answer(engine, github, number, asked.key, chosen.text);
    return `answered: ${chosen.text}`;
  }
  const source: SignalSource = { via, id: asked.id, number, at: asked.at, reviewedSha: asked.commitSha };
  const person = { id: asked.key, actor: asked.actor, source };
  const inline = kind === 'rework' && via === 'review' ? await inlineComments(github, number, asked.id) : '';
  const signal = toSignal(movingOf(kind, `${asked.text}\n\n${inline}`.trim()), person);
  return deliver(engine, github, tenant.id, number, chosen.runId, signal);
}

function movingOf(kind: RoutedSignal['signal'], text: string): Moving {
  switch (kind) {
    case 'approve':
      return { kind, runId: null, maxMicroUsd: null };
    case 'reject':
      return { kind, runId: null, reason: null };
    case 'rework':
      return { kind, runId: null, request: text };
    case 'retry':
      return { kind, runId: null, node: null };
  }
}

async function inlineComments(github: GitHub, number: number, reviewId: number): Promise<string> {
  const comments = await github.listReviewComments(number, reviewId);
  return comments.map((comment) => `${comment.path}:${comment.line}: ${comment.body}`).join('\n');
}

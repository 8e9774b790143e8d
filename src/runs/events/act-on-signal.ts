import { isEnded } from '../../domain/run.ts';
import type { GitHub } from '../../ports/github.ts';
import type { RoutedSignal } from '../../router/routed.ts';
import type { Engine } from '../engine.ts';
import { chooseRun, findNamed, findRuns, takerOf, type NamedRun } from '../tables/find-run.ts';
import type { SignalSource } from '../tables/signals.ts';
import { answer, deliver, MOVABLE, toSignal, withEyes, type Moving } from './move-run.ts';

/**
 * A review or a button: the same signals that the commands send. A review's state is for the run that opened the
 * pull request, and nobody's command once that has ended; a button is for the runs that its check names.
 */
export async function actOnSignal(engine: Engine, github: GitHub, asked: RoutedSignal): Promise<string> {
  const { tenant, via } = asked;
  const runs = await runsMeant(engine, asked);
  const taker = await takerOf(engine, tenant.id, runs, asked.key);
  if (taker !== null) return `${asked.signal} for ${taker}: repeated`;
  if (via === 'review' && runs.every(({ state }) => isEnded(state)))
    return 'ignored: the run that opened the pull request has ended';
  return withEyes(engine, github, asked.react, tell(engine, github, asked, runs));
}

async function runsMeant(
  { database }: Engine,
  { tenant, via, pullRequest, runIds }: RoutedSignal,
): Promise<NamedRun[]> {
  return database.transaction(tenant.id, async (tx) => {
    if (via === 'button') return findNamed(tx, tenant.id, runIds);
    const found = pullRequest === null ? [] : await findRuns(tx, tenant.id, pullRequest);
    return found.filter(({ isOpener }) => isOpener);
  });
}

async function tell(
  engine: Engine,
  github: GitHub,
  asked: RoutedSignal,
  runs: readonly NamedRun[],
): Promise<string> {
  const { tenant, signal: kind, via } = asked;
  const chosen = chooseRun(runs, null, MOVABLE[kind], kind);
  const run = chosen.kind === 'chosen' ? runs.find(({ runId }) => runId === chosen.runId) : runs[0];
  const number = placeOf(asked, run);
  if (number === null) return 'ignored: the runs of the check are gone';
  if (chosen.kind === 'unclear') {
    await answer(engine, github, number, asked.key, chosen.text);
    return `answered: ${chosen.text}`;
  }
  const source: SignalSource = { via, id: asked.id, number, at: asked.at, reviewedSha: asked.commitSha };
  const person = { id: asked.key, actor: asked.actor, source };
  const inline = kind === 'rework' && via === 'review' ? await inlineComments(github, number, asked.id) : '';
  const signal = toSignal(movingOf(kind, `${asked.text}\n\n${inline}`.trim()), person);
  return deliver(engine, github, tenant.id, number, chosen.runId, signal);
}

/**
 * Where the person is answered. GitHub names no pull request for a check on a fork's head, and of several with the
 * same head any.
 */
function placeOf({ pullRequest }: RoutedSignal, run: NamedRun | undefined): number | null {
  if (run === undefined) return pullRequest;
  return pullRequest !== null && pullRequest === run.pull ? pullRequest : run.subject;
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

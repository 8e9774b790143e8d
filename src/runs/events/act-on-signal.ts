import type { GitHub } from '../../ports/github.ts';
import type { RoutedSignal } from '../../router/routed.ts';
import type { Engine } from '../engine.ts';
import { chooseRun, findRuns, takerOf } from '../tables/find-run.ts';
import type { SignalSource } from '../tables/signals.ts';
import { answer, deliver, MOVABLE, toSignal, type Moving } from './move-run.ts';

/** A review or a button: the same signals that the commands send. */
export async function actOnSignal(engine: Engine, github: GitHub, asked: RoutedSignal): Promise<string> {
  const { tenant, signal: kind, pullRequest } = asked;
  const number = pullRequest ?? 0;
  const runs = await engine.database.transaction(tenant.id, async (tx) => findRuns(tx, tenant.id, number));
  const fitting = asked.runIds.length === 0 ? runs : runs.filter((run) => asked.runIds.includes(run.runId));
  const taker = await takerOf(engine, tenant.id, runs, asked.key);
  if (taker !== null) return `${kind} for ${taker}: repeated`;
  const chosen = chooseRun(fitting, null, MOVABLE[kind], kind);
  if (chosen.kind === 'unclear') {
    if (pullRequest !== null) await answer(engine, github, pullRequest, asked.key, chosen.text);
    return `answered: ${chosen.text}`;
  }
  const source: SignalSource = {
    via: asked.via,
    id: asked.id,
    number,
    at: asked.at,
    reviewedSha: asked.commitSha,
  };
  const person = { id: asked.key, actor: asked.actor, source };
  const inline =
    kind === 'rework' && asked.via === 'review' ? await inlineComments(github, number, asked.id) : '';
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

import type { RunRequest } from '../../domain/run.ts';
import { react } from '../../publish/report.ts';
import type { GitHub } from '../../ports/github.ts';
import type { Routed, RoutedCommand } from '../../router/routed.ts';
import { followPullRequest, resumeForCi } from './act-on-pull-request.ts';
import { actOnSignal } from './act-on-signal.ts';
import { recordClosing, recordReverts } from './afterwards.ts';
import { answerCommand } from './answer-command.ts';
import type { Engine } from '../engine.ts';
import { chooseRun, findRuns, takerOf } from '../tables/find-run.ts';
import { followLifecycle } from './lifecycle.ts';
import { answer, deliver, MOVABLE, toSignal, withEyes } from './move-run.ts';
import { createRun } from '../tables/run-rows.ts';
import { sendSignal, type Signal, type SignalSource } from '../tables/signals.ts';

type RunOrder = Extract<Routed, { kind: 'run' }>;

/** Does what an event asked for; returns in a few words what came of it. Safe to repeat for the same event. */
export async function act(
  engine: Engine,
  github: GitHub,
  routed: Routed,
  deliveryId: string,
): Promise<string> {
  switch (routed.kind) {
    case 'run':
      return startRun(engine, github, routed);
    case 'command':
      return withEyes(engine, github, routed.react, command(engine, github, routed));
    case 'signal':
      return actOnSignal(engine, github, routed);
    case 'ci':
      return resumeForCi(engine, github, routed);
    case 'refused':
      if (routed.nodeId !== null) await react({ github, log: engine.log }, routed.nodeId, 'confused');
      return `refused: ${routed.reason}`;
    case 'answer':
      await answer(engine, github, routed.subject.number, routed.onceKey ?? deliveryId, routed.text);
      return `answered: ${routed.text}`;
    case 'pull_request':
      await recordClosing(engine, routed);
      return followPullRequest(engine, github, routed);
    case 'reverted':
      return recordReverts(engine, github, routed);
    case 'lifecycle':
      return followLifecycle(engine, routed.event);
    case 'ignored':
      return `ignored: ${routed.reason}`;
  }
}

async function startRun(
  engine: Engine,
  github: GitHub,
  { order, react: nodeId, label }: RunOrder,
): Promise<string> {
  const { subject } = order;
  if (subject === null) return 'ignored: the event belongs to no issue or pull request';
  const request: RunRequest = { ...order, subject };
  if (nodeId !== null) await react({ github, log: engine.log }, nodeId, 'eyes');
  const creation = await createRun(engine.database, engine.queue, request);
  if (label !== null) await github.removeLabel(subject.number, label);
  switch (creation.kind) {
    case 'created':
    case 'same_trigger':
      return `run ${order.runId}`;
    case 'already_open': {
      const text = `${order.trigger.summary} asked for the same while this run is open.`;
      const remark: Signal = { id: order.trigger.key, kind: 'remark', text };
      await sendSignal(engine.database, engine.queue, order.tenant.id, creation.runId, remark);
      return `run ${creation.runId} is open already`;
    }
    case 'too_many':
      return 'ignored: five runs of the day without a person in between';
    case 'stopped':
      return 'ignored: the App is no longer at work on this repository';
  }
}

async function command(engine: Engine, github: GitHub, asked: RoutedCommand): Promise<string> {
  const { command: given, tenant, subject } = asked;
  const { kind } = given;
  if (
    kind === 'agents' ||
    kind === 'cost' ||
    kind === 'help' ||
    kind === 'remember' ||
    kind === 'forget' ||
    kind === 'memory'
  ) {
    const text = await answerCommand(engine, github, asked, given);
    await answer(engine, github, subject.number, asked.key, text);
    return `answered /${kind}`;
  }
  const source: SignalSource = {
    via: asked.source.kind === 'comment' ? 'command' : 'review',
    id: asked.source.id,
    number: subject.number,
    at: asked.at,
    reviewedSha: null,
  };
  const person = { id: asked.key, actor: asked.actor, source };
  const signal = toSignal(given, person);
  const runs = await engine.database.transaction(tenant.id, async (tx) =>
    findRuns(tx, tenant.id, subject.number),
  );
  const taker = await takerOf(engine, tenant.id, runs, asked.key);
  if (taker !== null) return `${kind} for ${taker}: repeated`;
  const chosen = chooseRun(runs, given.runId, MOVABLE[kind], kind);
  if (chosen.kind === 'unclear') {
    await answer(engine, github, subject.number, asked.key, chosen.text);
    return `answered: ${chosen.text}`;
  }
  return deliver(engine, github, tenant.id, subject.number, chosen.runId, signal);
}

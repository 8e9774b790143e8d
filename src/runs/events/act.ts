import type { RunRequest, RunState } from '../../domain/run.ts';
import { postAnswer, react } from '../../publish/report.ts';
import type { GitHub } from '../../ports/github.ts';
import type { Routed, RoutedCommand, RoutedSignal } from '../../router/routed.ts';
import { followPullRequest, resumeForCi } from './act-on-pull-request.ts';
import { recordClosing, recordReverts } from './afterwards.ts';
import { answerCommand } from './answer-command.ts';
import type { Engine } from '../engine.ts';
import { chooseRun, findRuns, takerOf } from '../tables/find-run.ts';
import { followLifecycle } from './lifecycle.ts';
import { createRun } from '../tables/run-rows.ts';
import { sendSignal, type Signal, type SignalAnswer, type SignalSource } from '../tables/signals.ts';

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
      return withEyes(engine, github, routed.react, signalOf(engine, github, routed));
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

/** Says that it was seen while it is done: what waits for a person waits no longer for that. */
async function withEyes(
  { log }: Engine,
  github: GitHub,
  nodeId: string | null,
  work: Promise<string>,
): Promise<string> {
  const [outcome] = await Promise.all([
    work,
    nodeId === null ? null : react({ github, log }, nodeId, 'eyes'),
  ]);
  return outcome;
}

/** Answers of the same key within this time are one answer. */
const ANSWER_ONCE_MS = 30 * 86_400_000;

async function answer(
  engine: Engine,
  github: GitHub,
  number: number,
  key: string,
  text: string,
): Promise<void> {
  const since = new Date(engine.clock.now().getTime() - ANSWER_ONCE_MS).toISOString();
  await postAnswer(github, { number, key, text, since });
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

/** The states in which each command can move a run. */
const MOVABLE: Record<'approve' | 'reject' | 'rework' | 'retry' | 'cancel', RunState[]> = {
  approve: ['waiting'],
  reject: ['waiting'],
  rework: ['waiting'],
  retry: ['failed', 'waiting'],
  cancel: ['queued', 'working', 'judging', 'waiting', 'publishing'],
};

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

type Moving = Extract<RoutedCommand['command'], { kind: keyof typeof MOVABLE }>;

function toSignal(
  given: Moving,
  person: { id: string; actor: RoutedCommand['actor']; source: SignalSource },
): Signal {
  switch (given.kind) {
    case 'approve':
      return { ...person, kind: 'approve', maxMicroUsd: given.maxMicroUsd };
    case 'reject':
      return { ...person, kind: 'reject', reason: given.reason };
    case 'rework':
      return { ...person, kind: 'rework', text: given.request };
    case 'retry':
      return { ...person, kind: 'retry' };
    case 'cancel':
      return { ...person, kind: 'cancel' };
  }
}

async function deliver(
  engine: Engine,
  github: GitHub,
  tenantId: number,
  number: number,
  runId: string,
  signal: Signal,
): Promise<string> {
  const taken = await sendSignal(engine.database, engine.queue, tenantId, runId, signal);
  const hindrance = hindranceOf(taken, runId);
  if (hindrance !== null)
    await answer(engine, github, number, signal.id, `\`/${signal.kind}\`: ${hindrance}.`);
  return `${signal.kind} for ${runId}: ${taken.kind}`;
}

function hindranceOf(taken: SignalAnswer, runId: string): string | null {
  if (taken.kind === 'ended') return `run \`${runId}\` is ${taken.state} already; ask for a new one`;
  return taken.kind === 'superseded'
    ? `run \`${taken.by}\` of the same agent is open here; \`/cancel ${taken.by}\` comes first`
    : null;
}

/** A review or a button: the same signals that the commands send. */
async function signalOf(engine: Engine, github: GitHub, asked: RoutedSignal): Promise<string> {
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

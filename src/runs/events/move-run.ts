import type { RunState } from '../../domain/run.ts';
import { postAnswer, react } from '../../publish/report.ts';
import type { GitHub } from '../../ports/github.ts';
import type { RoutedCommand } from '../../router/routed.ts';
import { placeTaken } from '../reopen.ts';
import type { Engine } from '../engine.ts';
import { sendSignal, type Signal, type SignalAnswer, type SignalSource } from '../tables/signals.ts';

/** The states in which each command can move a run. */
export const MOVABLE: Record<'approve' | 'reject' | 'rework' | 'retry' | 'cancel', RunState[]> = {
  approve: ['waiting'],
  reject: ['waiting'],
  rework: ['waiting'],
  retry: ['failed', 'waiting'],
  cancel: ['queued', 'working', 'judging', 'waiting', 'publishing'],
};

export type Moving = Extract<RoutedCommand['command'], { kind: keyof typeof MOVABLE }>;

/** What a command, review or button tells the run. */
export function toSignal(
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

/** Sends it to the run, and answers where the run can't take it any more. */
export async function deliver(
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
  return taken.kind === 'superseded' ? placeTaken(taken.by) : null;
}

/** Answers of the same key within this time are one answer. */
const ANSWER_ONCE_MS = 30 * 86_400_000;

/** Posts one line, once for its key. */
export async function answer(
  engine: Engine,
  github: GitHub,
  number: number,
  key: string,
  text: string,
): Promise<void> {
  const since = new Date(engine.clock.now().getTime() - ANSWER_ONCE_MS).toISOString();
  await postAnswer(github, { number, key, text, since });
}

/** Says that it was seen while it is done: what waits for a person waits no longer for that. */
export async function withEyes(
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

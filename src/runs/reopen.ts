import type { Run } from '../domain/run.ts';
import { answer } from './decision/answer.ts';
import type { Engine } from './engine.ts';
import { reportUnjudgedHead } from './head-checks.ts';
import type { Session } from './session.ts';
import { reopenFailedEffects } from './tables/effect-rows.ts';
import { findSuccessor } from './tables/find-run.ts';
import { consumeSignal, mayReopen, openSignals, type Signal } from './tables/signals.ts';

/** What has an ended run go on; null where nothing does. */
export async function reopeningOf(engine: Engine, run: Run): Promise<Signal | null> {
  const open = await engine.database.transaction(run.request.tenant.id, async (tx) => openSignals(tx, run));
  return open.find((signal) => mayReopen(run.state, signal)) ?? null;
}

/**
 * `/retry` puts the run back to the queue: what was recorded stays, and the clock starts anew. After a push the run
 * is judged again. False, and the job ended, where another run took its place meanwhile.
 */
export async function reopen(session: Session, signal: Signal): Promise<boolean> {
  const { engine, run } = session;
  const successor = await engine.database.transaction('system', async (tx) => findSuccessor(tx, run));
  if (successor !== null) {
    await answerSuperseded(session, signal, successor);
    await session.change({}, async (tx) => {
      await consumeSignal(tx, session.run, signal.id, `run ${successor} had taken its place`);
      await session.complete(tx);
    });
    return false;
  }
  if (signal.kind === 'push') {
    await session.change({ state: 'judging', reason: null });
    return true;
  }
  const { effects, retries = 0 } = session.view;
  session.show({
    failure: null,
    effects: effects.filter(({ state }) => state !== 'failed'),
    retries: retries + 1,
  });
  await session.change({ state: 'queued', reason: null }, async (tx) => {
    for (const { id, kind } of await openSignals(tx, session.run))
      if (kind === 'retry') await consumeSignal(tx, session.run, id, 'retried');
    await reopenFailedEffects(tx, session.run);
  });
  return true;
}

async function answerSuperseded(session: Session, signal: Signal, successor: string): Promise<void> {
  const { engine, github, run } = session;
  const { runId } = run.request;
  if (signal.kind === 'push') await reportUnjudgedHead(engine, github, signal.headSha, [runId], true);
  if (signal.kind === 'retry')
    await answer(session, signal.source.number, signal.id, `\`/retry\`: ${placeTaken(successor)}.`);
}

/** Why an ended run can't go on, and what would help. */
export function placeTaken(successor: string): string {
  return `run \`${successor}\` of the same agent is open here; \`/cancel ${successor}\` comes first`;
}

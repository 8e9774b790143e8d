import { messageOf, MusterError } from '../../../src/domain/errors.ts';
import { isEnded, type RunState } from '../../../src/domain/run.ts';
import type { Job } from '../../../src/ports/queue.ts';
import { abandonIntended, reopenFailedEffects } from '../../../src/runs/tables/effect-rows.ts';
import { carryOut, type EffectSpec } from '../../../src/runs/effects.ts';
import type { Engine } from '../../../src/runs/engine.ts';
import { claimRun } from '../../../src/runs/tables/run-rows.ts';
import { openSession, type Session } from '../../../src/runs/session.ts';
import { consumeSignal, pendingCancel, signalsOf, type Signal } from '../../../src/runs/tables/signals.ts';
import { isLostClaim, noteFailure, openGitHub } from '../../../src/runs/takeover.ts';
import { decide } from './decide.ts';
import type { Life } from './life.ts';
import { turn, type Scene } from './turn.ts';
import type { World } from './world.ts';

const TURNS = ['turn-1', 'turn-2'] as const;

/** A small pipeline on the real engine, in the shape of `runs/worker.ts` and `runs/pipeline.ts`. */
export async function program(world: World, life: Life, engine: Engine, job: Job): Promise<void> {
  const claimed = await claimRun(engine.database, world.tenantId, life.runId);
  if (claimed === null) return;
  life.attempt = claimed.run.attempt;
  const { run } = claimed;
  const signals = run.state === 'failed' ? await signalsOf({ engine, run }) : [];
  const retry =
    signals.find(({ signal, isConsumed }) => !isConsumed && signal.kind === 'retry')?.signal ?? null;
  if (isEnded(run.state) && retry === null) return;
  const github = await openGitHub(engine, claimed);
  const session = await openSession(engine, github, claimed, job, job.signal);
  const scene = { world, life, session };
  if (retry !== null) await reopen(scene, retry);
  try {
    await lookForCancel(session);
    await pipeline(scene);
  } catch (error) {
    await settleFailure(scene, error);
  }
}

async function pipeline(scene: Scene): Promise<void> {
  const { session } = scene;
  while (session.round < session.run.round) await session.nextRound();
  for (;;) {
    await goTo(session, 'working', ['queued']);
    for (const key of TURNS) {
      if (!(await turn(scene, key))) return end(session, 'failed', 'over budget');
      await lookForCancel(session);
    }
    await goTo(session, 'judging', ['working']);
    const early = [
      await carryOut(session, comment(scene, 'early', true)),
      await carryOut(session, comment(scene, 'blind', false)),
    ];
    if (early.some(({ state }) => state === 'failed')) return end(session, 'failed', 'refused');
    const decision = await decide(scene);
    switch (decision) {
      case 'suspended':
        return undefined;
      case 'rework':
        await session.nextRound();
        await goTo(session, 'working', ['waiting']);
        break;
      case 'approve': {
        await goTo(session, 'publishing', ['waiting']);
        const late = await carryOut(session, comment(scene, 'late', true));
        return end(session, late.state === 'failed' ? 'failed' : 'done', late.state);
      }
      case 'cancel':
        return end(session, 'cancelled', decision);
      case 'expire':
        return end(session, 'expired', decision);
    }
  }
}

function comment({ world, life, session }: Scene, name: string, canBeFound: boolean): EffectSpec {
  const key = `r${session.round}/${name}`;
  const body = `${life.runId} ${key}`;
  const receipt = { id: body, url: null, sha: null };
  const isThere = async () => (await session.github.listComments(1, null)).some((one) => one.body === body);
  return {
    key,
    kind: canBeFound ? 'comment' : 'dispatch',
    intent: body,
    canBeFound,
    find: async () => ((await isThere()) ? receipt : null),
    wasUndone: async () => {
      await life.hold('ask for the history');
      return world.github.made.some((one) => one.body === body && !one.isThere);
    },
    perform: async () => {
      await session.github.createComment(1, body);
      return receipt;
    },
    verify: async () => !canBeFound || isThere(),
  };
}

async function reopen({ life, session }: Scene, retry: Signal): Promise<void> {
  life.taking = retry.id;
  await session.change({ state: 'queued', reason: null, round: session.run.round + 1 }, async (tx) => {
    await consumeSignal(tx, session.run, retry.id, 'retried');
    await reopenFailedEffects(tx, session.run);
  });
}

/** A run that waits takes its signals in their order. */
async function lookForCancel({ engine, run }: Session): Promise<void> {
  const cancel = await engine.database.transaction(run.request.tenant.id, async (tx) =>
    pendingCancel(tx, run),
  );
  if (cancel !== null && run.state !== 'waiting')
    throw new MusterError('cancelled', 'ada', { value: cancel.id });
}

async function settleFailure({ life, session }: Scene, error: unknown): Promise<void> {
  const { engine, run } = session;
  if (isLostClaim(error)) throw error;
  if (error instanceof MusterError && error.code === 'cancelled') {
    await engine.database.transaction(run.request.tenant.id, async (tx) =>
      abandonIntended(tx, run, 'cancelled'),
    );
    await end(session, 'cancelled', 'cancelled');
    life.taking = String(error.value);
    return engine.database.transaction(run.request.tenant.id, async (tx) =>
      consumeSignal(tx, session.run, String(error.value), 'cancelled'),
    );
  }
  if (error instanceof MusterError && error.isRetryable && !(await noteFailure(engine.database, run)))
    throw error;
  await end(session, 'failed', messageOf(error));
}

async function goTo(session: Session, state: RunState, from: readonly RunState[]): Promise<void> {
  if (from.includes(session.run.state)) await session.change({ state });
}

async function end(session: Session, state: RunState, reason: string): Promise<void> {
  await session.change({ state, reason }, async (tx) => session.complete(tx));
}

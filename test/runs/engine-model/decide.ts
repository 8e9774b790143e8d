import { consumeSignal, signalsOf, type Signal } from '../../../src/runs/tables/signals.ts';
import type { Session } from '../../../src/runs/session.ts';
import { beginWaiting, suspend } from '../../../src/runs/decision/suspend.ts';
import { record, type Scene } from './turn.ts';

/** What waits expires after this: a reminder two hours in. */
const EXPIRY_MS = 26 * 3_600_000;

type Decided = 'approve' | 'rework' | 'cancel' | 'expire' | 'suspended';

const STEP = { key: 'decision', kind: 'signal', input: null } as const;

/** As `runs/decision/await-decision.ts`: signals in their order until one decides; without one the run waits. */
export async function decide(scene: Scene): Promise<Decided> {
  const { life, session } = scene;
  const expiresAt = await record(scene, { key: 'wait', kind: 'gate', input: null }, async () =>
    new Date(session.engine.clock.now().getTime() + EXPIRY_MS).toISOString(),
  );
  if (session.journal.has(STEP.key)) return record<Decided>(scene, STEP, async () => 'suspended');
  await beginWaiting(session, expiresAt);
  for (;;) {
    const signal = (await signalsOf(session)).find(({ isConsumed }) => !isConsumed)?.signal ?? null;
    life.taking = signal?.id ?? 'none';
    if (signal !== null) {
      const decided = decisionOf(session, signal);
      if (decided !== null)
        return record(
          scene,
          STEP,
          async () => decided,
          async (tx) => consumeSignal(tx, session.run, signal.id, decided),
        );
      await session.engine.database.transaction(session.run.request.tenant.id, async (tx) =>
        consumeSignal(tx, session.run, signal.id, 'shown'),
      );
    } else if (await suspend(session, [])) {
      return 'suspended';
    }
  }
}

function decisionOf({ round }: Session, signal: Signal): Decided | null {
  if (signal.kind === 'expire') return signal.round === round ? 'expire' : null;
  return signal.kind === 'approve' || signal.kind === 'rework' || signal.kind === 'cancel'
    ? signal.kind
    : null;
}

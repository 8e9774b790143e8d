import type { Transaction } from '../../ports/database.ts';
import { REMIND_BEFORE_MS } from '../upkeep/remind.ts';
import type { Session } from '../session.ts';
import { openSignals } from '../tables/signals.ts';

/** Rolls the suspension back; never leaves this file. */
class SignalCameFirst extends Error {}

/** Writes that the run waits, with its timers: from here on it takes decisions. */
export async function beginWaiting(session: Session, expiresAt: string): Promise<void> {
  if (session.run.state === 'waiting') return;
  await session.change({ state: 'waiting' }, async (tx) => setTimers(session, expiresAt, tx));
}

/**
 * Ends the job of a run that waits in one transaction, under the lock that every signal takes. False, and
 * nothing written, when a signal came first.
 *
 * @param left Ids of signals that were seen, and are to be taken later.
 */
export async function suspend(session: Session, left: readonly string[]): Promise<boolean> {
  try {
    await session.change({}, async (tx) => {
      const open = await openSignals(tx, session.run);
      if (open.some(({ id }) => !left.includes(id))) throw new SignalCameFirst();
      await session.complete(tx);
    });
    return true;
  } catch (error) {
    if (error instanceof SignalCameFirst) return false;
    throw error;
  }
}

/** The expiry, and a reminder a day before it where that is not at once. */
async function setTimers(session: Session, expiresAt: string, tx: Transaction): Promise<void> {
  const { engine, run, round } = session;
  const { tenant, runId } = run.request;
  const set = async (kind: 'expire' | 'remind', at: number) =>
    engine.queue.send(
      'timer',
      { tenantId: tenant.id, runId, kind, round },
      { tenantId: tenant.id, startAfter: new Date(at), tx },
    );
  const expiry = Date.parse(expiresAt);
  await set('expire', expiry);
  const reminder = expiry - REMIND_BEFORE_MS;
  if (reminder > engine.clock.now().getTime()) await set('remind', reminder);
}

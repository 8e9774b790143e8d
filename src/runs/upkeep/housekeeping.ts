import { messageOf } from '../../domain/errors.ts';
import type { HookDeliveries } from '../../ports/github.ts';
import type { Engine } from '../engine.ts';
import { eraseRemoved } from './erase.ts';
import { reconcile } from './reconcile.ts';
import { sweep } from './retention.ts';
import { fireSchedules } from './schedules.ts';

const TICK_MS = 60_000;
/** Clocks of replicas drift: a turn that is due within this time is due. */
const SLACK_MS = 5_000;

/**
 * What has to be done again and again, until the signal: at once, then every minute. Each thing is done by one
 * replica at a time; one that fails is logged, and done with the next turn.
 */
export async function keepHouse(engine: Engine, hooks: HookDeliveries, signal: AbortSignal): Promise<void> {
  for (let isStart = true; !signal.aborted; isStart = false) {
    await attempt(engine, 'reconcile', async () =>
      reconcile(engine, hooks, isStart ? 0 : TICK_MS - SLACK_MS),
    );
    await attempt(engine, 'schedules', async () => fireSchedules(engine));
    await attempt(engine, 'retention', async () => sweep(engine));
    await attempt(engine, 'erasure', async () => eraseRemoved(engine));
    await engine.clock.sleep(TICK_MS, signal).catch(() => undefined);
  }
}

async function attempt(engine: Engine, chore: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    engine.log.warn('a chore failed and is tried again', { chore, error: messageOf(error) });
  }
}

import { messageOf, MusterError, retryAfterOf } from '../../domain/errors.ts';
import type { HookDeliveries } from '../../ports/github.ts';
import type { Job } from '../../ports/queue.ts';
import type { Engine } from '../../runs/engine.ts';
import { closeDelivery, readDelivery, type Delivery } from '../../runs/tables/inbox.ts';
import { isRepeated } from '../../runs/events/repeated.ts';
import type { ReceivedEvent } from '../probot-app.ts';
import { tenantOf } from './delivery.ts';

/** GitHub's limits last an hour, and its outages less than a day. */
const GIVE_UP_MS = 24 * 3_600_000;
const PAUSE_MS = { least: 1_000, most: 60_000 };

/**
 * Takes a stored delivery out of the inbox, feeds it to the Probot app and closes it with what came of it. What
 * may pass (GitHub is away, a limit) is tried again for a day; what can't pass by waiting is closed as failed, and
 * nothing waits behind it.
 */
export async function handleDelivery(
  engine: Engine,
  job: Job,
  receive: (event: ReceivedEvent) => Promise<void>,
  outcomeOf: (deliveryId: string) => string,
  hooks: HookDeliveries,
): Promise<void> {
  const { deliveryId } = job.data;
  if (typeof deliveryId !== 'string') return;
  const delivery = await readDelivery(engine.database, deliveryId);
  if (delivery === null) return;
  const close = async (state: 'handled' | 'failed', outcome: string, word: string = state) => {
    await closeDelivery(engine.database, deliveryId, state, outcome);
    engine.telemetry.count('muster_deliveries_total', 1, { event: delivery.event, outcome: word });
  };
  try {
    if (await isRepeated(engine, hooks, delivery)) {
      const outcome = 'refused: the same body came before, and GitHub lists no delivery of this id';
      return await close('handled', outcome, 'repeated');
    }
    await receive({ id: delivery.id, name: delivery.event, payload: JSON.parse(delivery.body) });
  } catch (error) {
    const ageMs = engine.clock.now().getTime() - delivery.receivedAt.getTime();
    const mayPass = error instanceof MusterError && error.isRetryable && ageMs < GIVE_UP_MS;
    if (mayPass) {
      engine.log.warn('a delivery is tried again', { delivery: deliveryId, event: delivery.event, error });
      return tryLater(engine, job, delivery, Math.max(pauseAt(ageMs), retryAfterOf(error)));
    }
    if (error instanceof MusterError && error.code === 'github_not_found') {
      const outcome = `ignored: GitHub has no such thing, or Muster is not installed there (${error.message})`;
      return close('handled', outcome, 'not_found');
    }
    engine.log.error('a delivery failed', { delivery: deliveryId, event: delivery.event, error });
    return close('failed', messageOf(error));
  }
  await close('handled', outcomeOf(deliveryId));
}

/** The older, the longer: no count of tries is needed, and none is lost with a process. */
function pauseAt(ageMs: number): number {
  return Math.min(Math.max(ageMs / 2, PAUSE_MS.least), PAUSE_MS.most);
}

/** Another job in the place of this one, which is due when whoever refused may be asked again. */
async function tryLater(engine: Engine, job: Job, { body }: Delivery, pauseMs: number): Promise<void> {
  const startAfter = new Date(engine.clock.now().getTime() + pauseMs);
  await engine.database.transaction('system', async (tx) => {
    await engine.queue.send('delivery', job.data, { ...tenantOf(JSON.parse(body)), startAfter, tx });
    await job.completeIn(tx);
  });
}

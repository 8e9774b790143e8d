import { messageOf, MusterError } from '../../domain/errors.ts';
import type { Job } from '../../ports/queue.ts';
import type { Engine } from '../../runs/engine.ts';
import { closeDelivery, readDelivery } from '../../runs/inbox.ts';
import type { ReceivedEvent } from '../probot-app.ts';

/** A delivery that failed this often, or can't pass by waiting, is closed as failed; nothing waits behind it. */
const MAX_TRIES = 8;

/**
 * Takes a stored delivery out of the inbox, feeds it to the Probot app and closes it with what came of it. What
 * may pass (GitHub is away, a limit) goes back to the queue.
 */
export async function handleDelivery(
  engine: Engine,
  job: Job,
  receive: (event: ReceivedEvent) => Promise<void>,
  outcomeOf: (deliveryId: string) => string,
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
    await receive({ id: delivery.id, name: delivery.event, payload: JSON.parse(delivery.body) });
  } catch (error) {
    const mayPass = error instanceof MusterError && error.isRetryable && job.retryCount < MAX_TRIES;
    if (mayPass) throw error;
    if (error instanceof MusterError && error.code === 'github_not_found') {
      const outcome = `ignored: GitHub has no such thing, or Muster is not installed there (${error.message})`;
      return close('handled', outcome, 'not_found');
    }
    engine.log.error('a delivery failed', { delivery: deliveryId, event: delivery.event, error });
    return close('failed', messageOf(error));
  }
  await close('handled', outcomeOf(deliveryId));
}

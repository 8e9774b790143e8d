import { MusterError } from '../../domain/errors.ts';
import type { HookDeliveries } from '../../ports/github.ts';
import type { Engine } from '../engine.ts';
import { SIGNED_ALIKE, type StoredDelivery } from '../tables/inbox.ts';

/** What GitHub lists may be this much older than its arrival here. */
const MARGIN_MS = 3_600_000;
/** So long what has arrived may still be missing in GitHub's list. */
const LAG_MS = 60_000;
/** A page is a hundred attempts. */
const MAX_PAGES = 10;

/**
 * True for a delivery whose signed body came before under another id, where nothing that is signed tells two of them
 * apart: the id is in a header that anybody can write. GitHub's own list of deliveries says where it is one of its
 * own all the same, e.g. the same dispatch every night. Throws a retryable `delivery_unlisted` where it may be listed
 * in a moment.
 */
export async function isRepeated(
  { database, clock }: Pick<Engine, 'database' | 'clock'>,
  hooks: HookDeliveries,
  delivery: StoredDelivery,
): Promise<boolean> {
  if (!SIGNED_ALIKE.has(delivery.event)) return false;
  const earlier = await database.transaction('system', async (tx) =>
    tx.query(
      `SELECT 1 FROM inbox mine JOIN inbox other USING (event, body_digest)
       WHERE mine.delivery_id = $1 AND other.event = 'repository_dispatch'
         AND (other.received_at, other.delivery_id) < (mine.received_at, mine.delivery_id) LIMIT 1`,
      [delivery.id],
    ),
  );
  if (earlier.length === 0 || (await isListed(hooks, delivery))) return false;
  if (clock.now().getTime() - delivery.receivedAt.getTime() > LAG_MS) return true;
  throw new MusterError('delivery_unlisted', 'GitHub does not list this delivery yet.', {
    value: delivery.id,
    isRetryable: true,
  });
}

async function isListed(hooks: HookDeliveries, { id, event, receivedAt }: StoredDelivery): Promise<boolean> {
  let cursor: string | null = null;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { deliveries, next } = await hooks.list('all', cursor);
    if (deliveries.some((listed) => listed.guid === id && listed.event === event)) return true;
    const oldest = deliveries.at(-1)?.deliveredAt;
    const isPast = oldest === undefined || Date.parse(oldest) < receivedAt.getTime() - MARGIN_MS;
    if (next === null || next === cursor || isPast) return false;
    cursor = next;
  }
  return false;
}

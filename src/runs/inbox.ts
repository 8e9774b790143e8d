import { sha256 } from '../domain/digest.ts';
import type { Database } from '../ports/database.ts';
import type { Queue } from '../ports/queue.ts';

export interface Delivery {
  /** GitHub's delivery id. */
  id: string;
  event: string;
  /** The signed body, as it came. */
  body: string;
}

/** Writes the delivery and its job in one transaction; an id is taken once, for good. */
export async function takeDelivery(
  database: Database,
  queue: Queue,
  delivery: Delivery,
): Promise<'stored' | 'duplicate'> {
  return database.transaction('system', async (tx) => {
    const inserted = await tx.query(
      `INSERT INTO inbox (delivery_id, event, body_digest, payload) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING 1`,
      [delivery.id, delivery.event, sha256(delivery.body), delivery.body],
    );
    if (inserted.length === 0) return 'duplicate';
    await queue.send('delivery', { deliveryId: delivery.id }, { tx });
    return 'stored';
  });
}

/** A delivery that has not been handled yet; null where it has, so that a second job does nothing. */
export async function readDelivery(database: Database, deliveryId: string): Promise<Delivery | null> {
  const [row] = await database.transaction('system', async (tx) =>
    tx.query<{ event: string; payload: string | null }>(
      "SELECT event, payload FROM inbox WHERE delivery_id = $1 AND state = 'stored'",
      [deliveryId],
    ),
  );
  return row === undefined || row.payload === null
    ? null
    : { id: deliveryId, event: row.event, body: row.payload };
}

/** `outcome` says in a few words what came of it, e.g. `run r_…` or `ignored: …`. */
export async function closeDelivery(
  database: Database,
  deliveryId: string,
  state: 'handled' | 'failed',
  outcome: string,
): Promise<void> {
  await database.transaction('system', async (tx) =>
    tx.query('UPDATE inbox SET state = $2, outcome = $3, handled_at = now() WHERE delivery_id = $1', [
      deliveryId,
      state,
      outcome.slice(0, 500),
    ]),
  );
}

import { digestOf, sha256 } from '../../domain/digest.ts';
import { MusterError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Database, Transaction } from '../../ports/database.ts';
import type { NewJob, Queue } from '../../ports/queue.ts';

export interface Delivery {
  /** GitHub's delivery id. */
  id: string;
  event: string;
  /** The signed body, as it came. */
  body: string;
  /** Whose it is, where that is known: one tenant's thousand deliveries don't delay another's first. */
  tenantId?: TenantId;
}

/** A delivery that waits to be handled. */
export interface StoredDelivery extends Delivery {
  receivedAt: Date;
}

/** Events whose bodies hold nothing that tells two of them apart: no id of their own, and no time. */
export const SIGNED_ALIKE: ReadonlySet<string> = new Set(['repository_dispatch']);

/** `duplicate`: the inbox has, or had, a delivery of that id. */
export type Taken = 'stored' | 'duplicate';

/** Writes the delivery and its job in one transaction; an id is taken once, for good. */
export async function takeDelivery(database: Database, queue: Queue, delivery: Delivery): Promise<Taken> {
  const [taken = 'duplicate'] = await takeDeliveries(database, queue, [delivery]);
  return taken;
}

/** The most that share a transaction, in number and in characters of their bodies. */
const MAX_GROUP = { deliveries: 64, characters: 8 * 1024 * 1024 };

/** What may be held in memory until it is stored, beside what the front is still receiving. */
const MAX_HELD_CHARACTERS = 64 * 1024 * 1024;
/** GitHub waits for ten seconds: after half of them, what comes would only wait for its end. */
const SILENCE_MS = 5_000;

interface Waiting {
  delivery: Delivery;
  settle: PromiseWithResolvers<Taken>;
}

/**
 * `takeDelivery` for many at a time: what comes in while a transaction is under way shares the next one, so that
 * a burst costs few commits, and a single delivery waits for nobody. Where a transaction fails, so does every
 * delivery in it; where the database is away or silent, so does all that waits (`inbox_busy`, `database_unavailable`).
 * The reconciler brings them back.
 */
export function createIntake(
  database: Database,
  queue: Queue,
  clock: Clock,
): (delivery: Delivery) => Promise<Taken> {
  const waiting: Waiting[] = [];
  let heldCharacters = 0;
  let writingSince: number | null = null;
  const refuseWaiting = (error: MusterError): void => {
    for (const { settle } of waiting.splice(0)) settle.reject(error);
  };
  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = takeGroup(waiting);
      writingSince = clock.now().getTime();
      await takeDeliveries(
        database,
        queue,
        group.map(({ delivery }) => delivery),
      ).then(
        (taken) => group.forEach(({ settle }, index) => settle.resolve(taken[index] ?? 'duplicate')),
        (error: unknown) => {
          group.forEach(({ settle }) => settle.reject(error));
          if (error instanceof MusterError && error.isRetryable) refuseWaiting(error);
        },
      );
    }
    writingSince = null;
  };
  return async (delivery) => {
    const { length } = delivery.body;
    if (writingSince !== null && clock.now().getTime() - writingSince > SILENCE_MS) {
      const error = busy('the database gives no answer');
      refuseWaiting(error);
      throw error;
    }
    if (heldCharacters > 0 && heldCharacters + length > MAX_HELD_CHARACTERS)
      throw busy('too much waits to be stored');
    const settle = Promise.withResolvers<Taken>();
    heldCharacters += length;
    waiting.push({ delivery, settle });
    if (writingSince === null) void write();
    return settle.promise.finally(() => {
      heldCharacters -= length;
    });
  };
}

function busy(reason: string): MusterError {
  return new MusterError('inbox_busy', reason, { isRetryable: true });
}

/** Takes from the front; one at least, however large it is. */
function takeGroup(waiting: Waiting[]): Waiting[] {
  let characters = 0;
  const end = waiting.slice(0, MAX_GROUP.deliveries).findIndex(({ delivery }, index) => {
    characters += delivery.body.length;
    return index > 0 && characters > MAX_GROUP.characters;
  });
  return waiting.splice(0, end === -1 ? MAX_GROUP.deliveries : end);
}

/** What became of each, in their order; of several with one id, the first counts. */
async function takeDeliveries(
  database: Database,
  queue: Queue,
  deliveries: readonly Delivery[],
): Promise<Taken[]> {
  const firsts = deliveries.filter(
    ({ id }, index) => deliveries.findIndex((other) => other.id === id) === index,
  );
  const stored = await database.transaction('system', async (tx) => {
    const ids = await insertDeliveries(tx, firsts);
    const unknown = firsts.filter(({ id }) => ids.has(id));
    if (unknown.length > 0) await queue.sendAll('delivery', unknown.map(jobOf), tx);
    return new Set(unknown);
  });
  return deliveries.map((delivery) => (stored.has(delivery) ? 'stored' : 'duplicate'));
}

/** The ids that the inbox did not know. */
async function insertDeliveries(tx: Transaction, deliveries: readonly Delivery[]): Promise<Set<string>> {
  // Always in the same order, so that two processes can't wait for each other.
  const sorted = deliveries.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  const rows = sorted.map(
    (_, index) => `($${4 * index + 1}, $${4 * index + 2}, $${4 * index + 3}, $${4 * index + 4})`,
  );
  const inserted = await tx.query<{ delivery_id: string }>(
    `INSERT INTO inbox (delivery_id, event, body_digest, payload) VALUES ${rows.join(', ')}
     ON CONFLICT DO NOTHING RETURNING delivery_id`,
    sorted.flatMap((delivery) => [delivery.id, delivery.event, bodyDigest(delivery), delivery.body]),
  );
  return new Set(inserted.map((row) => row.delivery_id));
}

/** The same for the bytes that came and for what GitHub's list gives again; that is asked of few, and takes time. */
function bodyDigest({ event, body }: Delivery): string {
  return SIGNED_ALIKE.has(event) ? digestOf(JSON.parse(body)) : sha256(body);
}

function jobOf({ id, tenantId }: Delivery): NewJob {
  return { data: { deliveryId: id }, ...(tenantId === undefined ? {} : { options: { tenantId } }) };
}

/** A delivery that has not been handled yet; null where it has, so that a second job does nothing. */
export async function readDelivery(database: Database, deliveryId: string): Promise<StoredDelivery | null> {
  const [row] = await database.transaction('system', async (tx) =>
    tx.query<{ event: string; payload: string | null; received_at: Date }>(
      "SELECT event, payload, received_at FROM inbox WHERE delivery_id = $1 AND state = 'stored'",
      [deliveryId],
    ),
  );
  return row === undefined || row.payload === null
    ? null
    : { id: deliveryId, event: row.event, body: row.payload, receivedAt: row.received_at };
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

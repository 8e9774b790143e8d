import { MusterError } from '../../domain/errors.ts';
import type { DeliveryFacts, HookDeliveries } from '../../ports/github.ts';
import { saveCursor, takeTurn } from '../tables/cursors.ts';
import type { Engine } from '../engine.ts';
import { takeDelivery } from '../tables/inbox.ts';
import { listServed } from '../tables/tenants.ts';

const CURSOR = 'deliveries';

/** What GitHub was still sending at the last look, and how far its clock may be from ours. */
const MARGIN_MS = 5 * 60_000;

/** GitHub's list goes back about three days: after a longer gap the repositories themselves are read. */
const LIST_REACHES_MS = 60 * 3_600_000;

/** At a start the newest so many pages are read whole: something in front of us may have answered well for us. */
const MAX_WHOLE_PAGES = 20;

export type ReconcileEngine = Pick<Engine, 'database' | 'queue' | 'clock' | 'log' | 'telemetry'>;

/** What a look found: deliveries that it took in, and repositories that are to be read. */
export interface Reconciled {
  recovered: number;
  scans: number;
}

/**
 * Asks GitHub which deliveries did not arrive since the last look, and takes them in: by their id, so that one
 * that did arrive is not taken twice. Null where another replica has looked within `everyMs`. The first look
 * ever takes nothing: what was before Muster is none of its business.
 *
 * @param everyMs 0 looks whatever others do, and more closely: for a start.
 */
export async function reconcile(
  engine: ReconcileEngine,
  hooks: HookDeliveries,
  everyMs: number,
): Promise<Reconciled | null> {
  const turn = await takeTurn(engine.database, CURSOR, everyMs);
  if (turn === null) return null;
  const lookedAt = engine.clock.now();
  const lastLook = turn.value === null ? null : Date.parse(turn.value);
  let recovered = 0;
  let scans = 0;
  if (lastLook !== null) {
    const since = lastLook - MARGIN_MS;
    if (everyMs === 0)
      recovered += await recover(engine, hooks, { which: 'all', since, maxPages: MAX_WHOLE_PAGES });
    recovered += await recover(engine, hooks, { which: 'failed', since, maxPages: Infinity });
  }
  const isGap = lastLook !== null && lookedAt.getTime() - lastLook > LIST_REACHES_MS;
  await engine.database.transaction('system', async (tx) => {
    const tenants = isGap ? await listServed(tx) : [];
    for (const { id: tenantId } of tenants) {
      await engine.queue.send('timer', { kind: 'scan', tenantId, since: turn.value }, { tenantId, tx });
    }
    scans = tenants.length;
    await saveCursor(tx, CURSOR, lookedAt.toISOString());
  });
  if (recovered + scans > 0) {
    engine.log.info('missed deliveries were taken in', { recovered, scans, since: turn.value });
    engine.telemetry.count('muster_deliveries_recovered_total', recovered);
  }
  return { recovered, scans };
}

async function recover(
  engine: ReconcileEngine,
  hooks: HookDeliveries,
  { which, since, maxPages }: { which: 'all' | 'failed'; since: number; maxPages: number },
): Promise<number> {
  let recovered = 0;
  let cursor: string | null = null;
  for (let page = 1; page <= maxPages; page += 1) {
    const { deliveries, next } = await hooks.list(which, cursor);
    const recent = deliveries.filter(({ deliveredAt }) => Date.parse(deliveredAt) >= since);
    for (const delivery of await missing(engine, recent))
      if (await takeIn(engine, hooks, delivery)) recovered += 1;
    if (next === null || next === cursor || recent.length < deliveries.length) break;
    cursor = next;
  }
  return recovered;
}

/** False for one that came meanwhile, and for one whose body GitHub does not give: the others don't wait for it. */
async function takeIn(
  engine: ReconcileEngine,
  hooks: HookDeliveries,
  { id, guid, event }: DeliveryFacts,
): Promise<boolean> {
  try {
    const body = await hooks.readBody(id);
    if (body === null) return false;
    return (await takeDelivery(engine.database, engine.queue, { id: guid, event, body })) === 'stored';
  } catch (error) {
    if (!(error instanceof MusterError) || error.isRetryable) throw error;
    engine.log.warn('a missed delivery could not be read', { delivery: guid, error: error.message });
    return false;
  }
}

/** Those whose id the inbox doesn't know, oldest first; what GitHub is still sending is left for the next look. */
async function missing(engine: ReconcileEngine, deliveries: DeliveryFacts[]): Promise<DeliveryFacts[]> {
  const ended = deliveries.filter(({ status }) => status !== 'pending').reverse();
  if (ended.length === 0) return [];
  const known = await engine.database.transaction('system', async (tx) =>
    tx.query<{ delivery_id: string }>('SELECT delivery_id FROM inbox WHERE delivery_id = ANY($1)', [
      ended.map(({ guid }) => guid),
    ]),
  );
  const ids = new Set(known.map((row) => row.delivery_id));
  return ended.filter(({ guid }) => !ids.has(guid));
}

import { isPlainObject } from '../../domain/json.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { Database } from '../../ports/database.ts';
import type { Engine } from '../engine.ts';
import { takeDelivery } from '../tables/inbox.ts';
import { missedEvents, type MissedEvent } from './missed-events.ts';
import { loadStanding } from '../tables/tenants.ts';

/** GitHub's times are whole seconds of another clock; what the margin brings twice is known by its trace. */
const MARGIN_MS = 60_000;

/**
 * Reads the labels, comments and reviews of a repository since the last look, and puts the events that the
 * inbox doesn't hold into it; returns how many. They have the keys of the originals, so that nothing doubles.
 */
export async function scanRepository(engine: Engine, tenantId: TenantId, since: string): Promise<number> {
  const standing = await loadStanding(engine.database, tenantId);
  if (standing === null || standing.isRemoved || standing.isSuspended) return 0;
  const github = await engine.githubAccess.forTenant(standing.tenant);
  const from = new Date(Date.parse(since) - MARGIN_MS).toISOString();
  const taken = await loadTaken(engine.database, tenantId, from);
  let recovered = 0;
  for (const missed of await missedEvents(github, standing.tenant, from)) {
    if (isTaken(missed, taken)) continue;
    const id = `scan:${tenantId}:${missed.trace}:${missed.at}`;
    const delivery = { id, event: missed.event, body: JSON.stringify(missed.payload) };
    if ((await takeDelivery(engine.database, engine.queue, delivery)) === 'stored') recovered += 1;
  }
  engine.log.info('a repository was read after a long gap', { tenant: tenantId, since, recovered });
  engine.telemetry.count('muster_deliveries_recovered_total', recovered);
  return recovered;
}

/** A label may be put on again and again: only what came no earlier is the same. */
function isTaken({ trace, at }: MissedEvent, taken: ReadonlyMap<string, string>): boolean {
  const takenAt = taken.get(trace);
  return takenAt !== undefined && (!trace.startsWith('label:') || Date.parse(takenAt) >= Date.parse(at));
}

/** What came as a delivery since then, by its trace, with the time that it carries: the last look saw less. */
async function loadTaken(
  database: Database,
  tenantId: TenantId,
  since: string,
): Promise<Map<string, string>> {
  const rows = await database.transaction('system', async (tx) =>
    tx.query<{ payload: string }>(
      `SELECT payload FROM inbox WHERE received_at >= $1::timestamptz - interval '1 minute'
       AND event IN ('issues', 'pull_request', 'issue_comment', 'pull_request_review')
       AND payload LIKE '%"repository":{"id":' || $2 || ',%' ORDER BY received_at`,
      [since, String(tenantId)],
    ),
  );
  return new Map(rows.flatMap(({ payload }) => traceOf(JSON.parse(payload))));
}

function traceOf(payload: unknown): [trace: string, at: string][] {
  if (!isPlainObject(payload)) return [];
  const { action, comment, review, label } = payload;
  const thread = payload.pull_request ?? payload.issue;
  if (isPlainObject(comment)) return action === 'created' ? [[`comment:${String(comment.id)}`, '']] : [];
  if (isPlainObject(review)) return action === 'submitted' ? [[`review:${String(review.id)}`, '']] : [];
  if (action !== 'labeled' || !isPlainObject(label) || !isPlainObject(thread)) return [];
  return [[`label:${String(thread.number)}:${String(label.name)}`, String(thread.updated_at)]];
}

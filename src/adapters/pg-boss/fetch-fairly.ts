import type { JobWithMetadata, PgBoss } from 'pg-boss';
import type { JsonObject } from '../../domain/json.ts';
import type { QueueName } from '../../ports/queue.ts';

/**
 * Claims up to `limit` jobs, those of tenants that have none in hand first: however many one tenant has queued,
 * another's first gets the next free slot. May give fewer than there are, since pg-boss chooses `limit` jobs
 * before it weeds out tenants that are over their limit: only nothing means that nothing is left.
 *
 * @param tenantConcurrency Jobs that a tenant may have in hand, in all processes together.
 */
export async function fetchFairly(
  boss: PgBoss,
  queue: QueueName,
  limit: number,
  tenantConcurrency: number | undefined,
): Promise<JobWithMetadata<JsonObject>[]> {
  const fetch = async (groupConcurrency: number | undefined) =>
    boss.fetch<JsonObject>(queue, {
      batchSize: limit,
      includeMetadata: true,
      ...(groupConcurrency === undefined ? {} : { groupConcurrency }),
    });
  const ofIdleTenants = await fetch(1);
  return ofIdleTenants.length > 0 ? ofIdleTenants : fetch(tenantConcurrency);
}

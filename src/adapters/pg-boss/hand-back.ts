import type { JobWithMetadata, PgBoss } from 'pg-boss';

/**
 * Makes every job that was begun, or waits to be tried again, due now. Only for a process that is alone on its
 * database: nobody can be working on them, so there is no heartbeat to wait for, and being interrupted is no
 * failure (`started_on` is emptied, as pg-boss's own `restore` does, so that no try is counted).
 */
export async function handBackAll(boss: PgBoss): Promise<void> {
  await boss.getDb().executeSql(
    `UPDATE pgboss.job SET state = 'created', started_on = NULL, heartbeat_on = NULL, start_after = now()
     WHERE state = 'active' OR state = 'retry'`,
  );
}

/**
 * Gives one job of ours to whoever is free now. Unlike a failure it neither waits nor counts as a try, so the next
 * claim is the same attempt to pg-boss: only for a job whose handler has ended, or was never called.
 */
export async function handBack(
  boss: PgBoss,
  { id, name, retryCount }: Pick<JobWithMetadata, 'id' | 'name' | 'retryCount'>,
  channel: string,
): Promise<void> {
  await boss.getDb().executeSql(
    `WITH handed_back AS (
       UPDATE pgboss.job SET state = 'created', started_on = NULL, heartbeat_on = NULL
       WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3 RETURNING name)
     SELECT pg_notify($4, name) FROM handed_back`,
    [name, id, retryCount, channel],
  );
}

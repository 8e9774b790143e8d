import type { PgBoss } from 'pg-boss';

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

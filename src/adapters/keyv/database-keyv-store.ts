import { EventEmitter } from 'node:events';
import type { KeyvStoreAdapter } from 'keyv';
import type { TenantId } from '../../domain/tenant.ts';
import type { Database, SqlValue } from '../../ports/database.ts';

interface Row {
  key: string;
  value: string;
}

const LIVE = '(expires_at IS NULL OR expires_at > now())';

/**
 * One tenant's rows of the table `memory` as a Keyv store: the tenant in every statement, each in the
 * tenant's scope with row-level security behind it. Expiry is by the database's clock; `set` also sweeps
 * the tenant's expired rows, which nobody would ever read, and so remove, again.
 */
export function createDatabaseKeyvStore(database: Database, tenantId: TenantId): KeyvStoreAdapter {
  const query = async (sql: string, ...parameters: SqlValue[]): Promise<Row[]> =>
    database.transaction(tenantId, async (tx) => tx.query<Row>(sql, [tenantId, ...parameters]));

  const emitter = new EventEmitter();
  const store: KeyvStoreAdapter = {
    // Keyv iterates only over stores whose dialect it knows.
    opts: { dialect: 'postgres' },
    on: (event, listener) => {
      emitter.on(event, listener);
      return store;
    },
    get: async <Value>(key: string) => {
      const sql = `SELECT key, value FROM memory WHERE tenant_id = $1 AND key = $2 AND ${LIVE}`;
      return (await query(sql, key))[0]?.value as Value | undefined;
    },
    set: async (key: string, value: string, ttlMs?: number) => {
      await query('DELETE FROM memory WHERE tenant_id = $1 AND expires_at <= now()');
      const sql = `INSERT INTO memory (tenant_id, key, value, expires_at)
        VALUES ($1, $2, $3, now() + $4::float8 * interval '1 millisecond')
        ON CONFLICT (tenant_id, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`;
      await query(sql, key, value, ttlMs ?? null);
      return true;
    },
    delete: async (key) => {
      const sql = 'DELETE FROM memory WHERE tenant_id = $1 AND key = $2 RETURNING key, value';
      return (await query(sql, key)).length > 0;
    },
    clear: async () => {
      await query('DELETE FROM memory WHERE tenant_id = $1');
    },
    iterator: async function* iterate() {
      const rows = await query(`SELECT key, value FROM memory WHERE tenant_id = $1 AND ${LIVE} ORDER BY key`);
      for (const row of rows) yield [row.key, row.value];
    },
  };
  return store;
}

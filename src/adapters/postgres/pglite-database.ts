import { PGlite } from '@electric-sql/pglite';
import { fromPglite } from 'pg-boss';
import type { Database, Transaction } from '../../ports/database.ts';
import { toDatabaseError } from './failure.ts';
import { migrate } from './migrate.ts';
import { scopeStatements } from './scoped-transaction.ts';
import type { BossConnection } from './boss-connection.ts';

export interface PgliteDatabase extends Database {
  readonly boss: BossConnection;
}

/**
 * PostgreSQL in this process: in a folder, or in memory without one. One process at a time may open a folder;
 * the caller holds the data directory's lock.
 */
export async function openPglite(
  folder: string | null,
  migrations: URL = new URL('./migrations/', import.meta.url),
): Promise<PgliteDatabase> {
  const pglite = folder === null ? await PGlite.create() : await PGlite.create(folder);
  await migrate(
    {
      execute: async (sql) => {
        await pglite.exec(sql);
      },
      rows: async (sql) => (await pglite.query<Record<string, unknown>>(sql)).rows,
    },
    migrations,
  );
  return {
    boss: {
      options: { db: fromPglite(pglite), backend: 'pglite' },
      listen: async (channel, onNotification) => {
        const stop = await pglite.listen(channel, onNotification);
        return async () => stop();
      },
    },
    transaction: async (scope, work) => {
      try {
        const opening = scopeStatements(scope);
        return await pglite.transaction(async (inner) => {
          const tx: Transaction = {
            query: async <Row>(sql: string, parameters: readonly unknown[] = []) =>
              (await inner.query<Row>(sql, [...parameters])).rows,
          };
          if (opening !== '') await inner.exec(opening);
          return work(tx);
        });
      } catch (error) {
        throw toDatabaseError(error);
      }
    },
    ping: async () => {
      try {
        await pglite.query('SELECT 1');
        return true;
      } catch {
        return false;
      }
    },
    close: async () => pglite.close(),
  };
}

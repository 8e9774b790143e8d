import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { fromPglite } from 'pg-boss';
import type { Database } from '../../ports/database.ts';
import { assertSpace, hasSpace } from './disk-space.ts';
import { toDatabaseError } from './failure.ts';
import { migrate } from './migrate.ts';
import { createPgliteSession, type PgliteSession } from './pglite-session.ts';
import { scopeStatements } from './scoped-transaction.ts';
import type { BossConnection } from './boss-connection.ts';

export interface PgliteDatabase extends Database {
  readonly boss: BossConnection;
}

/**
 * PostgreSQL in this process: in a folder, or in memory without one. One process at a time may open a folder;
 * the caller holds the data directory's lock. Where its disk is all but full, every call is refused.
 *
 * @param prepared A packed new folder, which saves the seconds of CPU that initdb takes; null where there is none.
 */
export async function openPglite(
  folder: string | null,
  migrations: URL = new URL('./migrations/', import.meta.url),
  prepared: URL | null = null,
): Promise<PgliteDatabase> {
  const pglite = await openFolder(folder, prepared);
  const session = createPgliteSession(pglite);
  const assertWritable = () => {
    if (folder !== null) assertSpace(folder);
  };
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
      options: { db: bossStatements(pglite, session, assertWritable), backend: 'pglite' },
      listen: async (channel, onNotification) => {
        const stop = await pglite.listen(channel, onNotification);
        return async () => stop();
      },
    },
    transaction: async (scope, work) => {
      try {
        assertWritable();
        return await session.transaction(scopeStatements(scope), work);
      } catch (error) {
        throw toDatabaseError(error);
      }
    },
    statement: async (scope, sql, parameters = []) => {
      try {
        assertWritable();
        const opening = scopeStatements(scope);
        return await session.statement(opening, sql, parameters);
      } catch (error) {
        throw toDatabaseError(error);
      }
    },
    ping: async () => {
      try {
        assertWritable();
        await pglite.query('SELECT 1');
        return true;
      } catch {
        return false;
      }
    },
    close: async () => {
      // Closing writes, too. Without it, the next start recovers as after a crash.
      if (folder === null || hasSpace(folder)) await pglite.close();
    },
  };
}

async function openFolder(folder: string | null, prepared: URL | null): Promise<PGlite> {
  const loadDataDir = async () =>
    prepared === null ? {} : { loadDataDir: new Blob([await readFile(prepared)]) };
  if (folder === null) return PGlite.create(await loadDataDir());
  if (!existsSync(folder)) {
    // Made beside it and then moved, so that a process that dies meanwhile leaves none that looks like one.
    const draft = `${folder}.new`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(path.dirname(folder), { recursive: true });
    const made = await PGlite.create(draft, await loadDataDir());
    await made.close();
    await rename(draft, folder);
  }
  assertSpace(folder);
  return PGlite.create(folder);
}

/** pg-boss's own adapter sends what has no parameters, which may be several statements. */
function bossStatements(
  pglite: PGlite,
  session: PgliteSession,
  assertWritable: () => void,
): ReturnType<typeof fromPglite> {
  const whole = fromPglite(pglite);
  return {
    ...whole,
    executeSql: async (text, values = []) => {
      assertWritable();
      return values.length === 0 ? whole.executeSql(text) : { rows: await session.run(text, values) };
    },
  };
}

import { readdir, readFile } from 'node:fs/promises';
import { MusterError } from '../../domain/errors.ts';

/** What a migration needs of a connection: several statements in one text, and rows of one. */
export interface MigrationSession {
  execute(sql: string): Promise<void>;
  rows(sql: string): Promise<Record<string, unknown>[]>;
}

/** Any number, as long as it is ours alone: the advisory lock that one migrating process holds. */
const LOCK = 7_306_184;

/**
 * Applies the numbered SQL files that this database has not seen, each in its own transaction, while an
 * advisory lock keeps other processes out. A database newer than this build is refused (`database_newer`).
 */
export async function migrate(session: MigrationSession, folder: URL): Promise<void> {
  const files = (await readdir(folder)).filter((file) => /^\d{3}-.*\.sql$/.test(file)).sort();
  await session.execute(`SELECT pg_advisory_lock(${LOCK})`);
  try {
    await session.execute(
      'CREATE TABLE IF NOT EXISTS migrations (number integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const applied = (await session.rows('SELECT number FROM migrations')).map((row) => Number(row['number']));
    refuseNewer(Math.max(0, ...applied), files.length);
    for (const file of files) {
      const number = Number(file.slice(0, 3));
      if (applied.includes(number)) continue;
      const sql = await readFile(new URL(file, folder), 'utf8');
      await applyOne(session, `BEGIN;\n${sql}\nINSERT INTO migrations (number) VALUES (${number});\nCOMMIT;`);
    }
  } finally {
    await session.execute(`SELECT pg_advisory_unlock(${LOCK})`);
  }
}

async function applyOne(session: MigrationSession, sql: string): Promise<void> {
  try {
    await session.execute(sql);
  } catch (error) {
    await session.execute('ROLLBACK');
    throw error;
  }
}

function refuseNewer(newest: number, known: number): void {
  if (newest <= known) return;
  throw new MusterError(
    'database_newer',
    `The database is at migration ${newest}, this build knows ${known}: start a newer Muster.`,
    { value: newest },
  );
}

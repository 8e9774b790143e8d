import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { openPglite } from '../../src/adapters/postgres/pglite-database.ts';
import { openPostgres } from '../../src/adapters/postgres/pg-database.ts';
import type { BossConnection } from '../../src/adapters/postgres/boss-connection.ts';
import type { Database } from '../../src/ports/database.ts';
import { createDataDirectory } from './data-directory.ts';
import { silentLog } from './log.ts';

export type TestDatabase = Database & { boss: BossConnection; url: string | null };

/** Set by the runner that repeats the tests on a real PostgreSQL; without it they run on PGlite. */
const SERVER = process.env['MUSTER_TEST_DATABASE_URL'];

/** An empty database of the server that tests are pointed at; null where they run on PGlite. */
export async function createTestDatabaseUrl(): Promise<{ url: string; drop(): Promise<void> } | null> {
  if (SERVER === undefined || SERVER === '') return null;
  const name = `muster_test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { url: url.href, drop: async () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** An empty, migrated database of its own; `close` drops it. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const created = await createTestDatabaseUrl();
  if (created === null) return openCopy();
  const database = await openPostgres(created.url, silentLog);
  return {
    ...database,
    url: created.url,
    close: async () => {
      await database.close();
      await created.drop();
    },
  };
}

async function openCopy(): Promise<TestDatabase> {
  const folder = await createDataDirectory('database');
  const database = await openPglite(path.join(folder, 'postgres'));
  return {
    ...database,
    url: null,
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function onServer(sql: string): Promise<void> {
  const client = new Client({ connectionString: SERVER });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createQueue } from '../../src/adapters/pg-boss/queue.ts';
import { openPglite } from '../../src/adapters/postgres/pglite-database.ts';
import { realClock } from './clock.ts';
import { silentLog } from './log.ts';

/*
 * A new PGlite folder costs seconds of CPU (it runs initdb), a copy of one a fraction. The template is made once
 * for these migrations, this lock file and what is said here, and kept between runs.
 */
const self = import.meta.filename;
const migrations = path.join(import.meta.dirname, '../../src/adapters/postgres/migrations');
const lock = path.join(import.meta.dirname, '../../package-lock.json');

const POLL_MS = 100;
const GIVE_UP_MS = 120_000;

/** A data directory of its own with a migrated, empty database in `postgres`; the caller removes it. */
export async function createDataDirectory(name: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `muster-${name}-`));
  // The asynchronous copy of so many small files takes three times the CPU.
  cpSync(await templateFolder(), path.join(folder, 'postgres'), { recursive: true });
  return folder;
}

async function templateFolder(): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(lock)).update(readFileSync(self));
  for (const file of readdirSync(migrations).sort()) digest.update(readFileSync(path.join(migrations, file)));
  const template = path.join(tmpdir(), `muster-template-${digest.digest('hex').slice(0, 16)}`);
  const making = `${template}.making`;
  for (let waits = 0; !existsSync(template); waits += 1) {
    if (await isFirst(making)) await makeTemplate(template);
    else await realClock.sleep(POLL_MS);
    // Whoever was making it has died.
    if (waits * POLL_MS > GIVE_UP_MS) await rm(making, { recursive: true, force: true });
  }
  return template;
}

/** One process makes it while the others wait. */
async function isFirst(mark: string): Promise<boolean> {
  try {
    await mkdir(mark);
    return true;
  } catch {
    return false;
  }
}

async function makeTemplate(template: string): Promise<void> {
  const making = `${template}.making`;
  try {
    const draft = path.join(making, 'postgres');
    await makeSmallDatabase(draft);
    const database = await openPglite(draft);
    const queue = createQueue({ connection: database.boss, log: silentLog });
    await queue.start();
    await queue.stop(0);
    await database.close();
    await rename(draft, template);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/**
 * Small to copy (no databases to make others from, short files of the log) and small in memory: each git that a
 * process starts copies the tables of all the pages that it has touched, PostgreSQL's buffers with them.
 */
async function makeSmallDatabase(folder: string): Promise<void> {
  const pglite = await PGlite.create(folder, {
    initDbStartParams: ['--wal-segsize=1'],
    postgresqlconf: ['shared_buffers = 4MB'],
  });
  await pglite.exec('UPDATE pg_database SET datistemplate = false');
  for (const name of ['template0', 'template1']) await pglite.exec(`DROP DATABASE ${name}`);
  await pglite.close();
}

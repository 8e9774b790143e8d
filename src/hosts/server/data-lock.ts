import { chmodSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { messageOf, MusterError } from '../../domain/errors.ts';

/** Held while this process uses the data directory; a second PGlite on the same folder would destroy it. */
export interface DataLock {
  release(): Promise<void>;
}

/** Who holds it, for people; nothing is decided by this. */
const holderSchema = z.object({ pid: z.int(), host: z.string() });

/** `SQLITE_BUSY`, https://sqlite.org/rescode.html */
const BUSY = 5;

/** A handle that nobody refers to would be collected, and its lock with it. */
const held = new Set<DatabaseSync>();

/**
 * Takes the lock, or throws `data_locked` naming the process that holds it. The kernel keeps it (a lock of SQLite's
 * on an empty file), so that it ends with its process in that very moment and nobody has to guess whether a holder
 * is dead: not by its number either, which means nothing in another container on the same volume.
 */
export async function lockDataDirectory(dataDirectory: string): Promise<DataLock> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const holderFile = path.join(dataDirectory, 'muster.lock');
  // Never removed: whoever had opened it before would hold a lock of a file that is gone.
  const lock = lockFile(path.join(dataDirectory, 'muster.lock.db'));
  if (lock === null) throw await lockedBy(holderFile, dataDirectory);
  await writeFile(holderFile, JSON.stringify({ pid: process.pid, host: hostname() }), { mode: 0o600 });
  return {
    release: async () => {
      await rm(holderFile, { force: true });
      held.delete(lock);
      lock.close();
    },
  };
}

/**
 * Null where another process has it, or this one. Nothing else here may open this file: POSIX takes a process's
 * locks away with the first handle that it closes.
 */
function lockFile(file: string): DatabaseSync | null {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(file, { timeout: 0 });
    // In memory, or a journal would lie beside it.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    chmodSync(file, 0o600);
    held.add(lock);
    return lock;
  } catch (error) {
    lock?.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return null;
    throw new MusterError('data_locked', `${file} can't be locked: ${messageOf(error)}`, { cause: error });
  }
}

async function lockedBy(holderFile: string, dataDirectory: string): Promise<MusterError> {
  const { pid, host } = await readFile(holderFile, 'utf8')
    .then((text) => holderSchema.parse(JSON.parse(text)))
    .catch(() => ({ pid: null, host: hostname() }));
  const process = pid === null ? 'Another process' : `Process ${pid}`;
  const where = host === hostname() ? '' : ` on ${host}`;
  return new MusterError(
    'data_locked',
    `${process}${where} uses ${dataDirectory} already: stop it first, or set MUSTER_DATA_DIR or DATABASE_URL.`,
    { value: pid },
  );
}

import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { MusterError } from '../../domain/errors.ts';

/** Held while this process uses the data directory; a second PGlite on the same folder would destroy it. */
export interface DataLock {
  release(): Promise<void>;
}

/** Takes the lock, or throws `data_locked` naming the process that holds it. A dead holder's lock is taken over. */
export async function lockDataDirectory(dataDirectory: string): Promise<DataLock> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const file = path.join(dataDirectory, 'muster.lock');
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    if (await create(file)) return { release: async () => rm(file, { force: true }) };
    const holder = await readHolder(file);
    if (holder !== null && (await isAlive(holder))) {
      throw new MusterError(
        'data_locked',
        `Process ${holder.pid} uses ${dataDirectory} already: stop it first, or set MUSTER_DATA_DIR or DATABASE_URL.`,
        { value: holder.pid },
      );
    }
    await rm(file, { force: true });
  }
  throw new MusterError('data_locked', `${dataDirectory} could not be locked.`, { value: dataDirectory });
}

interface Holder {
  pid: number;
  startedAt: string | null;
}

async function create(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    const holder: Holder = { pid: process.pid, startedAt: await startOf(process.pid) };
    await handle.writeFile(JSON.stringify(holder));
    await handle.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<Holder | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number')
      return null;
    const startedAt = 'startedAt' in value && typeof value.startedAt === 'string' ? value.startedAt : null;
    return { pid: value.pid, startedAt };
  } catch {
    return null;
  }
}

/** Alive, and not another process that was given a dead one's number. */
async function isAlive({ pid, startedAt }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return startedAt === null || (await startOf(pid)) === startedAt;
}

/** When the process started, in the kernel's clock ticks; null where `/proc` doesn't say. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The second field is the program's name in brackets and may hold anything.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

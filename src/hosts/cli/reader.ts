import { stat } from 'node:fs/promises';
import path from 'node:path';
import { createDatabaseKeyvStore } from '../../adapters/keyv/database-keyv-store.ts';
import { createKeyvNoteStore } from '../../adapters/keyv/note-store.ts';
import { createLog } from '../../adapters/pino-log.ts';
import { createQueue } from '../../adapters/pg-boss/queue.ts';
import type { BossConnection } from '../../adapters/postgres/boss-connection.ts';
import { openPostgres } from '../../adapters/postgres/pg-database.ts';
import { openPglite } from '../../adapters/postgres/pglite-database.ts';
import { messageOf, MusterError } from '../../domain/errors.ts';
import type { Database } from '../../ports/database.ts';
import type { Queue } from '../../ports/queue.ts';
import { answerQuery, type Answers, type Query } from '../../runs/history/inspect.ts';
import { migrationsFolder } from '../assets.ts';
import { systemClock } from '../clock.ts';
import type { Environment } from '../env.ts';
import { redactValues } from '../redact.ts';
import { lockDataDirectory, type DataLock } from '../server/data-lock.ts';
import { askServer } from '../server/local-socket.ts';
import { progress } from './output.ts';

type OpenDatabase = Database & { boss: BossConnection };

/**
 * Asks the database that a server of this environment would use: `DATABASE_URL`, or the one in the data
 * directory, through the server that holds it where one runs. Throws `no_database` where there is none yet,
 * `unreadable_database` where it can't be opened.
 */
export async function ask<Kind extends Query['kind']>(
  environment: Environment,
  query: Extract<Query, { kind: Kind }>,
): Promise<Answers[Kind]> {
  const { databaseUrl, dataDirectory } = environment;
  if (databaseUrl !== null) return askDatabase(async () => openServerDatabase(environment), query);
  const folder = path.join(dataDirectory, 'postgres');
  if (!(await isFolder(dataDirectory))) throw noDatabase(dataDirectory);
  const lock = await lockUnlessServed(dataDirectory);
  if (lock === null) {
    // Its own process of the same build answers; what it says has the form of the query's answer.
    return (await askServer(dataDirectory, query)) as Answers[Kind];
  }
  try {
    if (!(await isFolder(folder))) throw noDatabase(dataDirectory);
    progress(`opening the database in ${dataDirectory}`);
    return await askDatabase(async () => openPglite(folder, migrationsFolder()), query);
  } finally {
    await lock.release();
  }
}

async function askDatabase<Kind extends Query['kind']>(
  open: () => Promise<OpenDatabase>,
  query: Extract<Query, { kind: Kind }>,
): Promise<Answers[Kind]> {
  const database = await open().catch((error: unknown) => {
    if (error instanceof MusterError) throw error;
    throw new MusterError('unreadable_database', `the database can't be opened: ${reasonOf(error)}`, {
      cause: error,
    });
  });
  try {
    const notes = createKeyvNoteStore({
      openStore: (tenantId) => createDatabaseKeyvStore(database, tenantId),
      clock: systemClock,
    });
    return await withQueue(database, query.kind === 'resume', async (queue) =>
      answerQuery({ database, notes, queue }, query),
    );
  } finally {
    await database.close();
  }
}

/** Started only for what sends a job: a look must not make tables. */
async function withQueue<T>(
  { boss }: OpenDatabase,
  isNeeded: boolean,
  use: (queue: Queue) => Promise<T>,
): Promise<T> {
  const queue = createQueue({ connection: boss, log: createLog({ level: 'error', redact: (text) => text }) });
  if (!isNeeded) return use(queue);
  await queue.start();
  try {
    return await use(queue);
  } finally {
    await queue.stop(0);
  }
}

async function openServerDatabase({
  databaseUrl,
  logLevel,
  secretValues,
}: Environment): Promise<OpenDatabase> {
  const log = createLog({
    level: logLevel === 'debug' ? 'debug' : 'error',
    redact: redactValues(secretValues),
  });
  return openPostgres(databaseUrl ?? '', log, 2, migrationsFolder());
}

/** Null where a running process holds the directory. */
async function lockUnlessServed(dataDirectory: string): Promise<DataLock | null> {
  try {
    return await lockDataDirectory(dataDirectory);
  } catch (error) {
    if (error instanceof MusterError && error.code === 'data_locked') return null;
    throw error;
  }
}

/** A refused connection to several addresses carries its reasons inside, and no message of its own. */
function reasonOf(error: unknown): string {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return messageOf(inner).split('\n')[0] ?? '';
}

function noDatabase(dataDirectory: string): MusterError {
  return new MusterError(
    'no_database',
    `there is no database in ${dataDirectory}: start a server there first, or set MUSTER_DATA_DIR or DATABASE_URL`,
  );
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

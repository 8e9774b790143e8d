import { Client, Pool, type PoolClient, type QueryConfig } from 'pg';
import type { Database, Transaction } from '../../ports/database.ts';
import type { Log } from '../../ports/log.ts';
import type { BossConnection } from './boss-connection.ts';
import { toDatabaseError } from './failure.ts';
import { migrate } from './migrate.ts';
import { prepared } from './prepared.ts';
import { scopeStatements } from './scoped-transaction.ts';
import { assertCommitted, closedTransaction } from './transaction-errors.ts';

export interface PgDatabase extends Database {
  readonly boss: BossConnection;
}

const RECONNECT_MS = 1_000;
const BOSS_CONNECTIONS = 4;
/** As long as the queue's heartbeat. */
const MAX_IDLE_MS = 10_000;
/** A connection that fell silent (a partition, a failover) is given up after this; the kernel would take a quarter of an hour. */
const ANSWER_MS = 60_000;
/** Whoever asks for readiness doesn't wait that long. */
const PING_MS = 5_000;

/** A real PostgreSQL, shared by any number of replicas. Connections are opened on demand, at most `maxConnections`. */
export async function openPostgres(
  connectionString: string,
  log: Log,
  maxConnections = 10,
  migrations: URL = new URL('./migrations/', import.meta.url),
  answerMs = ANSWER_MS,
): Promise<PgDatabase> {
  // Missing in pg's types: a query may have a timeout of its own.
  const ping: QueryConfig & { query_timeout: number } = {
    text: 'SELECT 1',
    query_timeout: Math.min(answerMs, PING_MS),
  };
  const pool = new Pool({
    connectionString,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    query_timeout: answerMs,
    pipeline: true,
    // A process that is paused inside of a transaction must not keep whoever takes over from its runs.
    idle_in_transaction_session_timeout: MAX_IDLE_MS,
  });
  // An idle connection that breaks is replaced on the next use; without a listener it would end the process.
  pool.on('error', (error) => log.warn('an idle database connection broke', { error }));
  // Apart from ours: a statement of the queue must not wait for a transaction that waits for the queue.
  const bossPool = new Pool({
    connectionString,
    max: BOSS_CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    query_timeout: answerMs,
  });
  bossPool.on('error', (error) => log.warn('an idle database connection broke', { error }));
  await migrateOnOneConnection(connectionString, migrations);
  return {
    boss: {
      options: { db: { executeSql: async (text, values = []) => executeSql(bossPool, text, values) } },
      listen: async (channel, onNotification) => listen(connectionString, channel, onNotification, log),
    },
    transaction: async (scope, work) => {
      try {
        const opening = scopeStatements(scope);
        return await inTransaction(await pool.connect(), opening, work);
      } catch (error) {
        throw toDatabaseError(error);
      }
    },
    statement: async (scope, sql, parameters = []) => {
      try {
        const opening = scopeStatements(scope);
        if (opening !== '') return await tenantStatement(await pool.connect(), opening, sql, parameters);
        return (await pool.query(prepared(sql, parameters, 'own'))).rows;
      } catch (error) {
        throw toDatabaseError(error);
      }
    },
    ping: async () => {
      try {
        await pool.query(ping);
        return true;
      } catch {
        return false;
      }
    },
    close: async () => {
      await Promise.all([pool.end(), bossPool.end()]);
    },
  };
}

/** Several statements in one text, as pg-boss's migrations are, take no parameters and can't be prepared. */
async function executeSql(
  pool: Pool,
  text: string,
  values: unknown[],
): Promise<{ rows: Record<string, unknown>[] }> {
  return pool.query<Record<string, unknown>>(values.length === 0 ? text : prepared(text, values, 'own'));
}

async function inTransaction<T>(
  client: PoolClient,
  opening: string,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  const role = opening === '' ? 'own' : 'tenant';
  let isOpen = true;
  const tx: Transaction = {
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) => {
      if (!isOpen) throw closedTransaction();
      const [{ rows }] = await Promise.all([client.query(prepared(sql, parameters, role)), begun]);
      return rows as Row[];
    },
  };
  // Sent together with the first statement. Where it fails, so does what follows it.
  const begun = client.query(`BEGIN; ${opening}`);
  try {
    const [result] = await Promise.all([work(tx), begun]);
    isOpen = false;
    assertCommitted((await client.query('COMMIT')).command);
    return result;
  } catch (error) {
    isOpen = false;
    if (hasFallenSilent(error)) broken = error;
    else
      await client.query('ROLLBACK').catch((rollback: Error) => {
        broken = rollback;
      });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** All of the transaction is sent at once: where a statement fails, COMMIT rolls back. */
async function tenantStatement<Row>(
  client: PoolClient,
  opening: string,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const [begun, answered, committed] = await Promise.allSettled([
    client.query(`BEGIN; ${opening}`),
    client.query(prepared(sql, parameters, 'tenant')),
    client.query('COMMIT'),
  ]);
  client.release(committed.status === 'rejected');
  for (const answer of [begun, answered, committed]) if (answer.status === 'rejected') throw answer.reason;
  if (committed.status === 'fulfilled') assertCommitted(committed.value.command);
  return answered.status === 'fulfilled' ? (answered.value.rows as Row[]) : [];
}

/** `pg`'s words for a query that `query_timeout` ended; what follows it on that connection would wait for it. */
function hasFallenSilent(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** On a connection of its own: a migration may take its time. */
async function migrateOnOneConnection(connectionString: string, folder: URL): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await migrate(
      {
        execute: async (sql) => {
          await client.query(sql);
        },
        rows: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
      },
      folder,
    );
  } finally {
    await client.end();
  }
}

/** A connection of its own that listens, opened again whenever it breaks. */
async function listen(
  connectionString: string,
  channel: string,
  onNotification: (payload: string) => void,
  log: Log,
): Promise<() => Promise<void>> {
  let isStopped = false;
  let current: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  const connect = async (): Promise<void> => {
    const client = new Client({ connectionString, keepAlive: true });
    current = client;
    client.on('notification', ({ payload = '' }) => onNotification(payload));
    client.on('error', (error) => log.warn('the listening connection broke', { error }));
    client.on('end', () => {
      if (!isStopped) timer = setTimeout(() => void reconnect(), RECONNECT_MS);
    });
    await client.connect();
    await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    // What was notified while nobody listened.
    onNotification('');
  };
  const reconnect = async (): Promise<void> => {
    await connect().catch((error: unknown) => log.warn('the listening connection did not open', { error }));
  };
  await connect();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await current?.end().catch(() => undefined);
  };
}

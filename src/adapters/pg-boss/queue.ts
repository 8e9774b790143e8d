import { PgBoss, type JobWithMetadata } from 'pg-boss';
import { MusterError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Transaction } from '../../ports/database.ts';
import type { Job, JobOptions, Queue, QueueName } from '../../ports/queue.ts';
import type { Log } from '../../ports/log.ts';
import type { BossConnection } from '../postgres/boss-connection.ts';
import { handBackAll } from './hand-back.ts';
import { startWorker, type Worker } from './worker.ts';

const CHANNEL = 'muster_job';
const QUEUES: readonly QueueName[] = ['delivery', 'run', 'timer'];

export interface QueueSettings {
  connection: BossConnection;
  log: Log;
  /** How long a job survives without a heartbeat before another worker gets it. At least 10. */
  heartbeatS?: number;
  /** How often an idle worker looks even though nothing woke it. */
  pollMs?: number;
  /** Active jobs a tenant may have at once, in all processes together. */
  tenantConcurrency?: number;
  /** No other process uses the database: what is in hand at the start was a dead one's. */
  isAlone?: boolean;
}

/**
 * pg-boss as the one truth about who works on what. Its own `work()` is poll-bound with one job at a time, so
 * jobs are fetched the moment a slot frees, and idle workers are woken by NOTIFY at commit.
 */
export function createQueue(settings: QueueSettings): Queue {
  const { connection, log } = settings;
  const boss = new PgBoss({
    ...connection.options,
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    maintenanceIntervalSeconds: 600,
    schedule: false,
    persistWarnings: false,
  });
  boss.on('error', (error) => log.warn('the queue met an error', { error }));
  const workers: Worker[] = [];
  let stopListening: (() => Promise<void>) | null = null;
  const wake = () => {
    for (const worker of workers) worker.wake();
  };
  return {
    start: async () => {
      await boss.start();
      for (const queue of QUEUES) await ensureQueue(boss, queue, settings.heartbeatS ?? 10);
      if (settings.isAlone === true) await handBackAll(boss);
      stopListening = await connection.listen(CHANNEL, wake);
    },
    send: async (queue, data, options = {}) => send(boss, queue, data, options),
    work: async (queue, concurrency, handler) => {
      workers.push(
        startWorker({
          fetch: async (limit) =>
            boss.fetch<JsonObject>(queue, {
              batchSize: limit,
              includeMetadata: true,
              ...(queue === 'run' && settings.tenantConcurrency !== undefined
                ? { groupConcurrency: settings.tenantConcurrency }
                : {}),
            }),
          run: async (job, signal) => runJob(boss, queue, job, signal, handler),
          touch: async (job) => wasAffected(await boss.touch(queue, attemptOf(job))),
          giveBack: async (job, error) =>
            boss.fail(queue, attemptOf(job), {
              message: error instanceof Error ? error.message : String(error),
            }),
          concurrency,
          heartbeatMs: ((settings.heartbeatS ?? 10) * 1_000) / 4,
          pollMs: settings.pollMs ?? 2_000,
          log,
        }),
      );
    },
    stop: async (timeoutMs) => {
      await Promise.all(workers.map(async (worker) => worker.stop(timeoutMs)));
      await stopListening?.();
      await boss.stop({ graceful: false, close: true });
    },
  };
}

const NO_JOB = '00000000-0000-0000-0000-000000000000';

async function ensureQueue(boss: PgBoss, queue: QueueName, heartbeatSeconds: number): Promise<void> {
  const options = {
    heartbeatSeconds,
    expireInSeconds: 24 * 3600 - 1,
    retryLimit: 1_000,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
    deleteAfterSeconds: 3_600,
    retentionSeconds: 60 * 24 * 3_600,
  };
  await boss.createQueue(queue, { ...options, policy: queue === 'run' ? 'exclusive' : 'standard' });
  await boss.updateQueue(queue, options);
  // A queue that pg-boss hasn't looked up yet is looked up on its own connection: inside a PGlite transaction,
  // which has the only one, the first `send` would wait for itself.
  await boss.findJobs(queue, { id: NO_JOB });
}

async function send(boss: PgBoss, queue: QueueName, data: JsonObject, options: JobOptions): Promise<void> {
  const db = options.tx === undefined ? boss.getDb() : statementsOf(options.tx);
  await boss.send(queue, data, {
    ...(options.tenantId === undefined ? {} : { group: { id: String(options.tenantId) } }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(options.startAfter === undefined ? {} : { startAfter: options.startAfter }),
    ...(options.singletonKey === undefined ? {} : { singletonKey: options.singletonKey }),
    db,
  });
  if (options.startAfter === undefined) await db.executeSql(`SELECT pg_notify('${CHANNEL}', '')`);
}

function statementsOf(tx: Transaction) {
  return {
    executeSql: async (text: string, values: unknown[] = []) => ({
      rows: await tx.query<Record<string, unknown>>(text, values as never),
    }),
  };
}

async function runJob(
  boss: PgBoss,
  queue: QueueName,
  job: JobWithMetadata<JsonObject>,
  signal: AbortSignal,
  handler: (job: Job) => Promise<void>,
): Promise<void> {
  let isCompleted = false;
  await handler({
    id: job.id,
    data: job.data,
    retryCount: job.retryCount,
    signal,
    completeIn: async (tx) => {
      const answer = await boss.complete(queue, attemptOf(job), null, { db: statementsOf(tx) });
      if (!wasAffected(answer))
        throw new MusterError('stale_job', 'The job is no longer ours.', { value: job.id });
      isCompleted = true;
    },
  });
  if (!isCompleted) await boss.complete(queue, attemptOf(job));
}

/** False when the claim had lapsed, so that the call left the job alone. */
function wasAffected(answer: object): boolean {
  return 'affected' in answer && answer.affected !== 0;
}

function attemptOf(job: JobWithMetadata<JsonObject>): { id: string; retryCount: number } {
  return { id: job.id, retryCount: job.retryCount };
}

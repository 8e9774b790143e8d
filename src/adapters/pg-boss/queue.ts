import { PgBoss, type JobWithMetadata } from 'pg-boss';
import { MusterError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Transaction } from '../../ports/database.ts';
import type { Job, NewJob, Queue, QueueName } from '../../ports/queue.ts';
import type { Log } from '../../ports/log.ts';
import type { BossConnection } from '../postgres/boss-connection.ts';
import { fetchFairly } from './fetch-fairly.ts';
import { handBack, handBackAll } from './hand-back.ts';
import { startWorker, type Worker } from './worker.ts';

/** Where pg-boss notifies of jobs that are due: `pgboss_` and 24 hex digits of the SHA-224 of its schema's name. */
const CHANNEL = 'pgboss_454650302e472074f72063fd';
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
 * jobs are fetched the moment a slot frees, and idle workers are woken by the NOTIFY that commits with a job.
 */
export function createQueue(settings: QueueSettings): Queue {
  const { connection, log } = settings;
  const boss = new PgBoss({
    ...connection.options,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    maintenanceIntervalSeconds: 60,
    schedule: false,
    persistWarnings: false,
  });
  boss.on('error', (error) => log.warn('the queue met an error', { error }));
  const workers: { queue: QueueName; worker: Worker }[] = [];
  let stopListening: (() => Promise<void>) | null = null;
  /** Jobs came into that queue; an empty name stands for any. */
  const wake = (queue: string) => {
    for (const entry of workers) if (queue === '' || queue === entry.queue) entry.worker.wake();
  };
  const drain = async (timeoutMs: number) => {
    await Promise.all(workers.splice(0).map(async ({ worker }) => worker.stop(timeoutMs)));
  };
  return {
    start: async () => {
      await boss.start();
      for (const queue of QUEUES) await ensureQueue(boss, queue, settings.heartbeatS ?? 10);
      if (settings.isAlone === true) await handBackAll(boss);
      stopListening = await connection.listen(CHANNEL, wake);
    },
    send: async (queue, data, options = {}) => sendAll(boss, queue, [{ data, options }], options.tx),
    sendAll: async (queue, jobs, tx) => sendAll(boss, queue, jobs, tx),
    work: async (queue, concurrency, handler) => {
      const worker = startWorker({
        fetch: async (limit) =>
          fetchFairly(boss, queue, limit, queue === 'run' ? settings.tenantConcurrency : undefined),
        run: async (job, signal) => runJob(boss, queue, job, signal, handler),
        touch: async (jobs) => settledIds(await boss.touch(queue, jobs.map(attemptOf))),
        fail: async (job, error) =>
          boss.fail(queue, attemptOf(job), {
            message: error instanceof Error ? error.message : String(error),
          }),
        handBack: async (job) => handBack(boss, job, CHANNEL),
        concurrency,
        heartbeatMs: ((settings.heartbeatS ?? 10) * 1_000) / 4,
        pollMs: settings.pollMs ?? 1_000,
        log,
      });
      workers.push({ queue, worker });
    },
    drain,
    stop: async (timeoutMs) => {
      await drain(timeoutMs);
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
    // Nothing reads what has ended, and pg-boss counts the whole table at every look.
    deleteAfterSeconds: 60,
    retentionSeconds: 60 * 24 * 3_600,
    notify: true,
  };
  await boss.createQueue(queue, { ...options, policy: queue === 'run' ? 'exclusive' : 'standard' });
  await boss.updateQueue(queue, options);
  // A queue that pg-boss hasn't looked up yet is looked up on its own connection: inside a PGlite transaction,
  // which has the only one, the first `send` would wait for itself.
  await boss.findJobs(queue, { id: NO_JOB });
}

async function sendAll(
  boss: PgBoss,
  queue: QueueName,
  jobs: readonly NewJob[],
  tx: Transaction | undefined,
): Promise<void> {
  await boss.insert(
    queue,
    jobs.map(({ data, options = {} }) => ({
      data,
      ...(options.tenantId === undefined ? {} : { group: { id: String(options.tenantId) } }),
      ...(options.priority === undefined ? {} : { priority: options.priority }),
      ...(options.startAfter === undefined ? {} : { startAfter: options.startAfter }),
      ...(options.singletonKey === undefined ? {} : { singletonKey: options.singletonKey }),
    })),
    tx === undefined ? {} : { db: statementsOf(tx) },
  );
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
      if (!settledIds(answer).has(job.id))
        throw new MusterError('stale_job', 'The job is no longer ours.', { value: job.id });
      isCompleted = true;
    },
  });
  if (!isCompleted) await boss.complete(queue, attemptOf(job));
}

/** The jobs that the call reached; one whose claim had lapsed is left alone. pg-boss has no type for its answer. */
function settledIds(answer: object): ReadonlySet<string> {
  return new Set('settled' in answer && Array.isArray(answer.settled) ? answer.settled.map(String) : []);
}

function attemptOf(job: JobWithMetadata<JsonObject>): { id: string; retryCount: number } {
  return { id: job.id, retryCount: job.retryCount };
}

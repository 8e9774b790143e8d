import type { JsonObject } from '../domain/json.ts';
import type { TenantId } from '../domain/tenant.ts';
import type { Transaction } from './database.ts';

export type QueueName = 'delivery' | 'run' | 'timer';

export interface JobOptions {
  /** For per-tenant concurrency and fairness. */
  tenantId?: TenantId;
  /** Higher first: a person who waits before a schedule. */
  priority?: number;
  startAfter?: Date;
  /** Jobs of the `run` queue with the same key: at most one is queued or active; another is dropped. */
  singletonKey?: string;
  /** The transaction that the job commits or rolls back with. */
  tx?: Transaction;
}

/** A job that is to be sent. */
export interface NewJob {
  data: JsonObject;
  options?: Omit<JobOptions, 'tx'>;
}

export interface Job {
  id: string;
  data: JsonObject;
  /** From 0. */
  retryCount: number;
  /** Aborted when the job's heartbeat is lost or the worker drains. */
  signal: AbortSignal;
  /**
   * Completes the job together with the transaction, so that the end of the work and of the job can't come
   * apart. Throws `stale_job` when the claim has lapsed and someone else may hold the job.
   */
  completeIn(tx: Transaction): Promise<void>;
}

/** The one truth about who works on what. Jobs run at least once. */
export interface Queue {
  start(): Promise<void>;
  send(queue: QueueName, data: JsonObject, options?: JobOptions): Promise<void>;
  /** Sends any number of jobs in one round trip. */
  sendAll(queue: QueueName, jobs: readonly NewJob[], tx?: Transaction): Promise<void>;
  /** Starts to work; a throw of the handler makes the queue retry the job. */
  work(queue: QueueName, concurrency: number, handler: (job: Job) => Promise<void>): Promise<void>;
  /** Takes no more jobs, waits for those in hand up to `timeoutMs`, then aborts and hands them back. */
  drain(timeoutMs: number): Promise<void>;
  /** Drains; from then on nothing can be sent either. */
  stop(timeoutMs: number): Promise<void>;
}

import type { JobWithMetadata } from 'pg-boss';
import { MusterError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Log } from '../../ports/log.ts';

type FetchedJob = JobWithMetadata<JsonObject>;

export interface WorkerSettings {
  fetch(limit: number): Promise<FetchedJob[]>;
  run(job: FetchedJob, signal: AbortSignal): Promise<void>;
  /** The heartbeat; false when the job is no longer ours. */
  touch(job: FetchedJob): Promise<boolean>;
  /** Fails the job, so that the queue retries it. */
  giveBack(job: FetchedJob, error: unknown): Promise<unknown>;
  concurrency: number;
  heartbeatMs: number;
  pollMs: number;
  log: Log;
}

export interface Worker {
  /** There may be work. */
  wake(): void;
  /** Takes no more, waits for what is in hand up to `timeoutMs`, then aborts it and hands it back. */
  stop(timeoutMs: number): Promise<void>;
}

/** Keeps `concurrency` jobs in hand: fetches whenever a slot is free and something may be there. */
export function startWorker(settings: WorkerSettings): Worker {
  const active = new Map<FetchedJob, { controller: AbortController; done: Promise<void> }>();
  let isStopping = false;
  let mayHaveWork = true;
  let resume: () => void = () => undefined;
  const wake = () => {
    mayHaveWork = true;
    resume();
  };
  const poll = setInterval(wake, settings.pollMs);
  const beat = async (job: FetchedJob, controller: AbortController) => {
    try {
      if (!(await settings.touch(job)) && active.has(job)) {
        controller.abort(new MusterError('stale_job', 'Another worker has this job now.', { value: job.id }));
      }
    } catch (error) {
      settings.log.warn('a heartbeat failed', { job: job.id, error });
    }
  };
  const heartbeat = setInterval(() => {
    for (const [job, { controller }] of active) void beat(job, controller);
  }, settings.heartbeatMs);

  const start = (job: FetchedJob) => {
    const controller = new AbortController();
    const done = settings
      .run(job, controller.signal)
      .catch(async (error: unknown) => {
        settings.log.warn('a job failed and goes back to the queue', { job: job.id, queue: job.name, error });
        await settings.giveBack(job, error);
      })
      .catch((error: unknown) => settings.log.error('a job could not be handed back', { job: job.id, error }))
      .finally(() => {
        active.delete(job);
        wake();
      });
    active.set(job, { controller, done });
  };

  const loop = async () => {
    while (!isStopping) {
      const free = settings.concurrency - active.size;
      if (free > 0 && mayHaveWork) {
        mayHaveWork = false;
        const jobs = await fetchSafely(settings, free);
        if (jobs.length > 0) mayHaveWork = true;
        jobs.forEach(start);
      } else {
        await new Promise<void>((resolve) => {
          resume = resolve;
          if (isStopping || (mayHaveWork && settings.concurrency > active.size)) resolve();
        });
      }
    }
  };
  const looped = loop();

  return {
    wake,
    stop: async (timeoutMs) => {
      isStopping = true;
      clearInterval(poll);
      resume();
      await looped;
      const timer = setTimeout(() => {
        for (const { controller } of active.values()) {
          controller.abort(new MusterError('draining', 'This worker is stopping.', { isRetryable: true }));
        }
      }, timeoutMs);
      await Promise.all([...active.values()].map(async ({ done }) => done));
      clearTimeout(timer);
      clearInterval(heartbeat);
    },
  };
}

async function fetchSafely(settings: WorkerSettings, limit: number): Promise<FetchedJob[]> {
  try {
    return await settings.fetch(limit);
  } catch (error) {
    settings.log.warn('jobs could not be fetched', { error });
    return [];
  }
}

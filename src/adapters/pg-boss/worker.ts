import type { JobWithMetadata } from 'pg-boss';
import { MusterError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Log } from '../../ports/log.ts';

type FetchedJob = JobWithMetadata<JsonObject>;

export interface WorkerSettings {
  /** Claims up to `limit` jobs; none where there are none. */
  fetch(limit: number): Promise<FetchedJob[]>;
  run(job: FetchedJob, signal: AbortSignal): Promise<void>;
  /** The heartbeat of all that is in hand; gives the ids of the jobs that are still ours. */
  touch(jobs: readonly FetchedJob[]): Promise<ReadonlySet<string>>;
  /** Fails the job, so that the queue retries it. */
  fail(job: FetchedJob, error: unknown): Promise<unknown>;
  /** Gives the job to whoever is free, at once. */
  handBack(job: FetchedJob): Promise<unknown>;
  concurrency: number;
  heartbeatMs: number;
  pollMs: number;
  log: Log;
}

export interface Worker {
  /** There may be work. */
  wake(): void;
  /**
   * Takes no more, waits for what is in hand up to `timeoutMs`, then aborts it and hands it back. Returns a
   * second after that at the latest: what does not let go by then is left to its heartbeat.
   */
  stop(timeoutMs: number): Promise<void>;
}

type InHand = Map<FetchedJob, { controller: AbortController; done: Promise<void> }>;

const LETTING_GO_MS = 1_000;

/** Keeps `concurrency` jobs in hand: fetches whenever a slot is free and something may be there. */
export function startWorker(settings: WorkerSettings): Worker {
  const active: InHand = new Map();
  let isStopping = false;
  let mayHaveWork = true;
  let resume: () => void = () => undefined;
  const wake = () => {
    mayHaveWork = true;
    resume();
  };
  const poll = setInterval(wake, settings.pollMs);
  const heartbeat = setInterval(() => void beat(settings, active), settings.heartbeatMs);

  const start = (job: FetchedJob) => {
    const controller = new AbortController();
    const done = settings
      .run(job, controller.signal)
      .catch(async (error: unknown) => giveUp(settings, job, controller.signal, error))
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
        if (isStopping) await Promise.all(jobs.map(async (job) => settings.handBack(job)));
        else jobs.forEach(start);
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
      const done = Promise.all([...active.values()].map(async (entry) => entry.done));
      if (!(await settlesWithin(done, timeoutMs))) {
        for (const { controller } of active.values()) controller.abort(draining());
        if (!(await settlesWithin(done, LETTING_GO_MS)))
          settings.log.warn('jobs did not let go', { jobs: [...active.keys()].map((job) => job.id) });
      }
      clearInterval(heartbeat);
    },
  };
}

function draining(): MusterError {
  return new MusterError('draining', 'This worker is stopping.', { isRetryable: true });
}

async function fetchSafely(settings: WorkerSettings, limit: number): Promise<FetchedJob[]> {
  try {
    return await settings.fetch(limit);
  } catch (error) {
    settings.log.warn('jobs could not be fetched', { error });
    return [];
  }
}

async function beat(settings: WorkerSettings, active: InHand): Promise<void> {
  const jobs = [...active.keys()];
  if (jobs.length === 0) return;
  try {
    const ours = await settings.touch(jobs);
    for (const job of jobs.filter(({ id }) => !ours.has(id))) {
      const reason = new MusterError('stale_job', 'Another worker has this job now.', { value: job.id });
      active.get(job)?.controller.abort(reason);
    }
  } catch (error) {
    settings.log.warn('a heartbeat failed', { jobs: jobs.map((job) => job.id), error });
  }
}

async function giveUp(
  settings: WorkerSettings,
  job: FetchedJob,
  signal: AbortSignal,
  error: unknown,
): Promise<void> {
  const { reason } = signal;
  if (reason instanceof MusterError && reason.code === 'draining') {
    settings.log.info('a job goes to another worker', { job: job.id, queue: job.name });
    await settings.handBack(job);
    return;
  }
  settings.log.warn('a job failed and goes back to the queue', { job: job.id, queue: job.name, error });
  await settings.fail(job, error);
}

async function settlesWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  const settled = await Promise.race([promise.then(() => true), timeout]);
  clearTimeout(timer);
  return settled;
}

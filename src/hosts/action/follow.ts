import { MusterError } from '../../domain/errors.ts';
import { isEnded } from '../../domain/run.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { Transaction } from '../../ports/database.ts';
import type { Job, Queue } from '../../ports/queue.ts';
import type { Engine } from '../../runs/engine.ts';
import { loadRun, type StoredRun } from '../../runs/tables/run-rows.ts';
import { loadSignals } from '../../runs/tables/signals.ts';

const POLL_MS = 250;

/** A queue that remembers what it is used for. */
export interface FollowedQueue extends Queue {
  /** The runs that were started or moved through it. */
  readonly woken: ReadonlySet<string>;
  /** By run: what threw out of its job and won't pass by itself, as when not even its end can be shown. */
  readonly broken: ReadonlyMap<string, unknown>;
}

/** Follows the runs that pass through a queue, so that a job knows which of all runs are its event's. */
export function followQueue(queue: Queue): FollowedQueue {
  const woken = new Set<string>();
  const broken = new Map<string, unknown>();
  const watched = (handler: (job: Job) => Promise<void>) => async (job: Job) => {
    try {
      await handler(job);
    } catch (error) {
      if (!mayPass(error) && typeof job.data.runId === 'string') broken.set(job.data.runId, error);
      throw error;
    }
  };
  return {
    ...queue,
    woken,
    broken,
    send: async (name, data, options) => {
      if (name === 'run' && typeof data.runId === 'string') woken.add(data.runId);
      await queue.send(name, data, options);
    },
    work: async (name, concurrency, handler) => queue.work(name, concurrency, watched(handler)),
  };
}

/** Lost claims go on with whoever has them now. */
const CLAIM_CODES = new Set(['stale_attempt', 'stale_job', 'draining']);

function mayPass(error: unknown): boolean {
  return error instanceof MusterError && (error.isRetryable || CLAIM_CODES.has(error.code));
}

/** Resolves with the queue's runs once each has ended or waits for a person; throws what broke one of them. */
export async function untilSettled(
  { database, clock }: Pick<Engine, 'database' | 'clock'>,
  { woken, broken }: Pick<FollowedQueue, 'woken' | 'broken'>,
  tenantId: TenantId,
): Promise<StoredRun[]> {
  for (;;) {
    const runs = await database.transaction(tenantId, async (tx) => {
      const settled: StoredRun[] = [];
      for (const runId of woken) {
        const stored = await loadRun(tx, tenantId, runId);
        if (stored === null || !(await isSettled(tx, stored))) return null;
        settled.push(stored);
      }
      return settled;
    });
    if (runs !== null) return runs;
    for (const [runId, error] of broken) if (woken.has(runId)) throw error;
    await clock.sleep(POLL_MS);
  }
}

/** A signal that no worker has taken yet moves a run on. */
async function isSettled(tx: Transaction, { run }: StoredRun): Promise<boolean> {
  if (run.state !== 'waiting' && !isEnded(run.state)) return false;
  const open = (await loadSignals(tx, run)).filter((entry) => !entry.isConsumed);
  if (run.state === 'waiting') return open.length === 0;
  return run.state !== 'failed' || open.every(({ signal }) => signal.kind !== 'retry');
}

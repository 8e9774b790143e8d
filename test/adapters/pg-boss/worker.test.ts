import { describe, expect, it } from 'vitest';
import type { JobWithMetadata } from 'pg-boss';
import { startWorker, type WorkerSettings } from '../../../src/adapters/pg-boss/worker.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { silentLog } from '../../support/log.ts';

type FetchedJob = JobWithMetadata<JsonObject>;

function job(id: string): FetchedJob {
  const fields: Partial<FetchedJob> = { id, name: 'run', data: {}, retryCount: 0 };
  return fields as FetchedJob;
}

/** Hands out these jobs, once, and keeps all of them alive; never looks again by itself. */
function settings(jobs: FetchedJob[], overrides: Partial<WorkerSettings> = {}): WorkerSettings {
  return {
    fetch: async (limit) => jobs.splice(0, limit),
    run: async () => undefined,
    touch: async (touched) => new Set(touched.map(({ id }) => id)),
    fail: async () => undefined,
    handBack: async () => undefined,
    concurrency: 2,
    heartbeatMs: 1,
    pollMs: 3_600_000,
    log: silentLog,
    ...overrides,
  };
}

async function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason));
  });
}

describe('a worker', () => {
  it('puts down the job that another has now, and no other', async () => {
    const kept: AbortSignal[] = [];
    const failed: string[] = [];
    const reason = await new Promise<unknown>((resolve) => {
      startWorker(
        settings([job('lost'), job('kept')], {
          run: async ({ id }, signal) => {
            if (id === 'kept') kept.push(signal);
            else resolve(await aborted(signal));
            await new Promise(() => undefined);
          },
          touch: async () => new Set(['kept']),
          fail: async ({ id }) => failed.push(id),
        }),
      );
    });
    expect(reason).toMatchObject({ code: 'stale_job', value: 'lost' });
    expect(kept.map((signal) => signal.aborted)).toEqual([false]);
    expect(failed).toEqual([]);
  });

  it('keeps its jobs when a heartbeat can’t be sent', async () => {
    let beats = 0;
    const signals: AbortSignal[] = [];
    await new Promise<void>((resolve) => {
      startWorker(
        settings([job('a')], {
          run: async (_job, signal) => {
            signals.push(signal);
            await new Promise(() => undefined);
          },
          touch: async () => {
            beats += 1;
            if (beats === 3) resolve();
            throw new Error('no database');
          },
        }),
      );
    });
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
  });

  it('hands back at once what a fetch brings while it stops', async () => {
    let bring: (jobs: FetchedJob[]) => void = () => undefined;
    const begun: string[] = [];
    const handedBack: string[] = [];
    const worker = startWorker(
      settings([], {
        fetch: async () => new Promise((resolve) => (bring = resolve)),
        run: async ({ id }) => void begun.push(id),
        handBack: async ({ id }) => handedBack.push(id),
      }),
    );
    const stopped = worker.stop(0);
    bring([job('a')]);
    await stopped;
    expect({ begun, handedBack }).toEqual({ begun: [], handedBack: ['a'] });
  });
});

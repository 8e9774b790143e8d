import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MusterError } from '../../../src/domain/errors.ts';
import type { RunState } from '../../../src/domain/run.ts';
import { followQueue, untilSettled } from '../../../src/hosts/action/follow.ts';
import type { Job } from '../../../src/ports/queue.ts';
import { createRun } from '../../../src/runs/tables/run-rows.ts';
import { sendSignal } from '../../../src/runs/tables/signals.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { testClock } from '../../support/clock.ts';
import { recordingQueue, runRequest } from '../../support/runs.ts';

const TENANT = 11;
const RUN = runRequest().runId;

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  await database.transaction('system', async (tx) => tx.query('TRUNCATE runs, signals'));
});
afterAll(async () => database.close());

async function setState(state: RunState): Promise<void> {
  await database.transaction('system', async (tx) =>
    tx.query('UPDATE runs SET state = $1 WHERE run_id = $2', [state, RUN]),
  );
}

/** A clock whose every sleep does the next of these things. */
function sleeping(...next: (() => Promise<unknown>)[]) {
  return {
    ...testClock(),
    sleep: async () => {
      const step = next.shift();
      if (step === undefined) throw new Error('it slept too often');
      await step();
    },
  };
}

/** A followed queue, and a run's job in it that throws. */
function queueWithJob() {
  let handle: ((job: Job) => Promise<void>) | undefined;
  const queue = followQueue({
    ...recordingQueue(),
    work: async (_name, _concurrency, handler) => {
      handle = handler;
    },
  });
  const fail = async (error: Error): Promise<void> => {
    await queue.work('run', 1, async () => {
      throw error;
    });
    const job = { data: { tenantId: TENANT, runId: RUN } } as unknown as Job;
    await expect(handle?.(job)).rejects.toBe(error);
  };
  return { queue, fail };
}

describe('following the runs of an event', () => {
  it('knows those that were started through the queue, and waits for their end', async () => {
    const queue = followQueue(recordingQueue());
    await createRun(
      database,
      recordingQueue(),
      runRequest({ runId: 'r_bbbbbbbbbbbb', subject: { kind: 'issue', number: 9 } }),
    );
    await createRun(database, queue, runRequest());
    const clock = sleeping(
      async () => setState('working'),
      async () => setState('done'),
    );
    const runs = await untilSettled({ database, clock }, queue, TENANT);
    expect(runs.map(({ run }) => [run.request.runId, run.state])).toEqual([[RUN, 'done']]);
  });

  it('takes a run that waits for a person as settled, unless someone has just decided', async () => {
    const queue = followQueue(recordingQueue());
    await createRun(database, queue, runRequest());
    await setState('waiting');
    const clock = testClock();
    expect(await untilSettled({ database, clock }, queue, TENANT)).toHaveLength(1);
    await sendSignal(database, queue, TENANT, RUN, {
      id: 's',
      kind: 'ci',
      headSha: 'a'.repeat(40),
      text: 'red',
    });
    const moving = sleeping(async () => setState('done'));
    const [settled] = await untilSettled({ database, clock: moving }, queue, TENANT);
    expect(settled?.run.state).toBe('done');
  });

  it('throws what keeps a run from ever ending', async () => {
    const { queue, fail } = queueWithJob();
    await createRun(database, queue, runRequest());
    const error = new MusterError('github_forbidden', 'Resource not accessible');
    await fail(error);
    await expect(untilSettled({ database, clock: testClock() }, queue, TENANT)).rejects.toBe(error);
  });

  it.each([
    new MusterError('github_unavailable', '503', { isRetryable: true }),
    new MusterError('stale_attempt', 'taken over'),
  ])('goes on after what may pass: %s', async (error) => {
    const { queue, fail } = queueWithJob();
    await createRun(database, queue, runRequest());
    await fail(error);
    const clock = sleeping(async () => setState('failed'));
    expect(await untilSettled({ database, clock }, queue, TENANT)).toHaveLength(1);
  });
});

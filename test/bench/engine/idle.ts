import { setTimeout as pause } from 'node:timers/promises';
import { createRun } from '../../../src/runs/tables/run-rows.ts';
import { median, percentile } from '../support/statistics.ts';
import { until } from '../support/wait.ts';
import { noOpRequest } from './no-op-run.ts';
import { atMost, type Row } from './row.ts';
import { openPlace, type Place, startWorkerProcess, type WorkOptions } from './worker.ts';

const SAMPLES = 60;

/** From the moment a run is created here until an idle worker, another process, begins its first step. */
export const idle: Row = {
  name: 'idle',
  rounds: 3,
  measure: async ({ postgres, isQuick }) => {
    const place: Place = { kind: 'server', url: await postgres.createDatabase() };
    const worker = await startWorkerProcess(place);
    // Each run stays in its slot.
    const options: WorkOptions = { concurrency: 2 * SAMPLES, holdAtStep: 1 };
    await worker.call('work', options);
    const { database, queue } = await openPlace(place);
    const waitsMs: number[] = [];
    // One more than is counted: the first pays for connections and plans.
    for (let index = 0; index <= (isQuick ? 20 : SAMPLES); index += 1) {
      await pause(20 + Math.random() * 30);
      const request = noOpRequest(index, 1_000);
      const createdAt = performance.timeOrigin + performance.now();
      await createRun(database, queue, request);
      const begunAt = await until('the first step', 10_000, async () => {
        const begun = await worker.call<Record<string, number>>('begun');
        return begun[request.runId] ?? null;
      });
      if (index > 0) waitsMs.push(begunAt - createdAt);
    }
    await worker.kill();
    await queue.stop(0);
    await database.close();
    return [
      { what: 'p50', value: median(waitsMs), unit: 'ms', bar: atMost(25) },
      { what: 'p95', value: percentile(waitsMs, 0.95), unit: 'ms', bar: null },
    ];
  },
};

import { median } from '../support/statistics.ts';
import { until } from '../support/wait.ts';
import { atMost, type Row } from './row.ts';
import { type Memory, type Place, type Progress, startWorkerProcess, type WorkOptions } from './worker.ts';

const SAMPLES = 20;

/**
 * A worker's memory after garbage collection over 20,000 runs: the growth from the second quarter, when caches
 * and pools are full, to the last.
 */
export const memory: Row = {
  name: 'memory',
  rounds: 1,
  measure: async ({ postgres, isQuick }) => {
    const each = (isQuick ? 2_000 : 20_000) / SAMPLES;
    const place: Place = { kind: 'server', url: await postgres.createDatabase() };
    const creator = await startWorkerProcess(place);
    const worker = await startWorkerProcess(place, ['--expose-gc']);
    const options: WorkOptions = { concurrency: 10 };
    await worker.call('work', options);
    const samples: Memory[] = [];
    for (let index = 0; index < SAMPLES; index += 1) {
      await creator.call('create', { from: index * each, count: each, tenants: 100 });
      await until('the runs ended', 100_000, async () => {
        const { ended } = await worker.call<Progress>('progress');
        return ended >= (index + 1) * each ? ended : null;
      });
      samples.push(await worker.call<Memory>('memory'));
    }
    await Promise.all([creator.kill(), worker.kill()]);
    return [
      { what: 'heap growth', value: growthOf(samples, 'heapBytes'), unit: '%', bar: atMost(5) },
      { what: 'resident growth', value: growthOf(samples, 'residentBytes'), unit: '%', bar: atMost(5) },
    ];
  },
};

function growthOf(samples: Memory[], key: keyof Memory): number {
  const quarter = SAMPLES / 4;
  const values = samples.map((sample) => sample[key]);
  const before = median(values.slice(quarter, 2 * quarter));
  return (median(values.slice(3 * quarter)) / before - 1) * 100;
}

import path from 'node:path';
import { inTemporaryFolder } from '../support/folder.ts';
import { until } from '../support/wait.ts';
import { atMost, type Row } from './row.ts';
import { type Place, startWorkerProcess, type WorkOptions } from './worker.ts';

/** So that all runs can be in hand at once: four a tenant. */
const TENANTS = 250;

/** An embedded server is killed with open runs, all of them in their third step, and started again. */
export const restart: Row = {
  name: 'restart',
  rounds: 3,
  measure: async ({ isQuick }) =>
    inTemporaryFolder(async (folder) => {
      const count = isQuick ? 200 : 1_000;
      const place: Place = { kind: 'folder', folder: path.join(folder, 'postgres') };
      const options: WorkOptions = { concurrency: count, holdAtStep: 3 };
      const first = await startWorkerProcess(place);
      await first.call('create', { from: 0, count, tenants: TENANTS });
      await first.call('work', options);
      await until('all runs in their third step', 60_000, async () => {
        const begun = await first.call<Record<string, number>>('begun');
        return Object.keys(begun).length === count ? begun : null;
      });
      await first.kill();

      const startedAt = Date.now();
      const second = await startWorkerProcess(place);
      const readyAt = Date.now();
      await second.call('work', options);
      const runningAt = await until('all runs again in their third step', 60_000, async () => {
        const begun = Object.values(await second.call<Record<string, number>>('begun'));
        return begun.length === count ? Math.max(...begun) : null;
      });
      await second.kill();
      return [
        { what: 'ready', value: (readyAt - startedAt) / 1_000, unit: 's', bar: atMost(3) },
        {
          what: `all ${count} runs running again`,
          value: (runningAt - startedAt) / 1_000,
          unit: 's',
          bar: atMost(5),
        },
      ];
    }),
};

import { openJournal } from '../../../src/runs/tables/journal.ts';
import { claimRun, createRun } from '../../../src/runs/tables/run-rows.ts';
import { realClock } from '../../support/clock.ts';
import { median, percentile } from '../support/statistics.ts';
import { noOpRequest } from './no-op-run.ts';
import { atMost, type Row } from './row.ts';
import { openPlace } from './worker.ts';

/** What a recorded step takes beyond its work, on PostgreSQL: the work here does nothing. */
export const step: Row = {
  name: 'step',
  rounds: 3,
  measure: async ({ postgres, isQuick }) => {
    const { database, queue } = await openPlace({ kind: 'server', url: await postgres.createDatabase() });
    const request = noOpRequest(0, 1);
    await createRun(database, queue, request);
    const claimed = await claimRun(database, request.tenant.id, request.runId);
    if (claimed === null) throw new Error('no run');
    const journal = (await openJournal(database, claimed.run, realClock))('r0/');
    const takenMs: number[] = [];
    const count = isQuick ? 300 : 2_000;
    for (let index = 0; index < count + 50; index += 1) {
      const startedAt = performance.now();
      await journal.step({ key: `turn-${index}`, kind: 'turn', input: { index } }, async () => ({ index }));
      // The first pay for connections and plans.
      if (index >= 50) takenMs.push(performance.now() - startedAt);
    }
    await queue.stop(0);
    await database.close();
    return [
      { what: 'p50', value: median(takenMs), unit: 'ms', bar: atMost(2) },
      { what: 'p99', value: percentile(takenMs, 0.99), unit: 'ms', bar: atMost(10) },
    ];
  },
};

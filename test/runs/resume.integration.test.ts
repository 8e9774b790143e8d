import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRun } from '../../src/runs/tables/run-rows.ts';
import { resumeRun } from '../../src/runs/history/resume.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

const REQUEST = runRequest();

let database: TestDatabase;
let queue: ReturnType<typeof recordingQueue>;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await system('TRUNCATE runs, tenants');
  await createRun(database, recordingQueue(), REQUEST);
  queue = recordingQueue();
});

async function system(sql: string): Promise<void> {
  await database.transaction('system', async (tx) => tx.query(sql));
}

describe('resumeRun', () => {
  it.each(['queued', 'working', 'judging', 'waiting', 'publishing'])(
    'gives a run that is %s its job',
    async (state) => {
      await system(`UPDATE runs SET state = '${state}'`);
      expect(await resumeRun({ database, queue }, REQUEST.runId)).toEqual({ kind: 'woken', state });
      expect(queue.sent).toMatchObject([
        {
          queue: 'run',
          data: { tenantId: 11, runId: REQUEST.runId },
          options: { singletonKey: `11/${REQUEST.runId}` },
        },
      ]);
    },
  );

  it.each(['done', 'failed', 'rejected', 'cancelled', 'expired', 'refused'])(
    'refuses one that is %s',
    async (state) => {
      await system(`UPDATE runs SET state = '${state}'`);
      expect(await resumeRun({ database, queue }, REQUEST.runId)).toEqual({ kind: 'ended', state });
      expect(queue.sent).toEqual([]);
    },
  );

  it('knows no run that is not there', async () => {
    expect(await resumeRun({ database, queue }, 'r_zzzzzzzzzzzz')).toEqual({ kind: 'no_run' });
  });
});

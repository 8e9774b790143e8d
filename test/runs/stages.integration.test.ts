import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimRun, createRun } from '../../src/runs/tables/run-rows.ts';
import { openSession } from '../../src/runs/session.ts';
import { loadStages } from '../../src/runs/tables/stages.ts';
import type { GitHub } from '../../src/ports/github.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());

const STEPS = [
  ['prepare', 'prepare', 0, 1],
  ['r0/started', 'work', 1, 1],
  ['r0/turn-1', 'turn', 1, 3],
  ['r0/tool-1', 'tool', 3, 5],
  ['r0/guard', 'guard', 5, 6],
  ['r0/judge-1', 'judge', 6, 9],
  ['r0/gate', 'gate', 9, 10],
  ['r0/commit', 'commit', 10, 11],
  ['r0/wait', 'gate', 11, 11],
  ['r0/shown', 'gate', 12, 12],
  ['r0/decision', 'signal', 2_700_000, 2_700_000],
  ['r1/turn-1', 'turn', 2_700_000, 2_700_002],
] as const;

it('each round has its stages in their order, waiting for people among them', async () => {
  const request = runRequest();
  const { tenant, runId } = request;
  await createRun(database, recordingQueue(), request);
  const claimed = await claimRun(database, tenant.id, runId);
  if (claimed === null) throw new Error('no run');
  await database.transaction('system', async (tx) => {
    for (const [key, kind, from, to] of STEPS)
      await tx.query(
        `INSERT INTO steps (tenant_id, run_id, key, kind, input_digest, attempt, started_at, ended_at)
         VALUES ($1, $2, $3, $4, 'd', 1, to_timestamp($5::float8), to_timestamp($6::float8))`,
        [tenant.id, runId, key, kind, from, to],
      );
    await tx.query(
      `INSERT INTO effects (tenant_id, run_id, key, kind, state, intent, attempt, intended_at, settled_at)
       SELECT $1, $2, 'r0/publish:p' || n, 'comment', 'verified', '{}', 1, to_timestamp(n), to_timestamp(n + 1.5)
       FROM generate_series(1, 2) n`,
      [tenant.id, runId],
    );
  });
  const github = { identity: { appId: 1, login: 'muster[bot]' } } as GitHub;
  const job = {
    id: 'j',
    data: {},
    retryCount: 0,
    signal: new AbortController().signal,
    completeIn: async () => undefined,
  };
  const session = await openSession(testEngine({ database }), github, claimed, job, job.signal);
  const stages = await loadStages(session);
  expect(stages.map(({ name, round, durationMs }) => [round, name, durationMs])).toEqual([
    [0, 'prepare', 1000],
    [0, 'work', 4000],
    [0, 'check', 1000],
    [0, 'judge', 3000],
    [0, 'decide', 1000],
    [0, 'wait', 2_699_989_000],
    [0, 'publish', 3000],
    [1, 'work', 2000],
  ]);
});

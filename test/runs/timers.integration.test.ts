import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json.ts';
import type { RunView } from '../../src/domain/run-view.ts';
import type { RunRequest } from '../../src/domain/run.ts';
import type { Job } from '../../src/ports/queue.ts';
import type { Engine } from '../../src/runs/engine.ts';
import { createRun } from '../../src/runs/tables/run-rows.ts';
import { fireTimer } from '../../src/runs/upkeep/timers.ts';
import { startSimulatedApp, type SimulatedApp } from '../adapters/octokit/simulated-app.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

const REPOSITORY = 'octo/app';

let database: TestDatabase;
let app: SimulatedApp;
let engine: Engine;
let queue: ReturnType<typeof recordingQueue>;
let request: RunRequest;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await system('TRUNCATE tenants, runs, signals');
  app = await startSimulatedApp();
  queue = recordingQueue();
  engine = testEngine({ database, queue, githubAccess: app.access });
  const { number } = await app.simulator.as('octo').openIssue(REPOSITORY, { title: 'A bug' });
  request = runRequest({ tenant: app.tenant, subject: { kind: 'issue', number } });
  await createRun(database, queue, request);
  return async () => app.simulator.close();
});

async function system<Row>(sql: string, parameters: (string | number)[] = []): Promise<Row[]> {
  return database.transaction('system', async (tx) => tx.query<Row>(sql, parameters));
}

async function waits(round = 0): Promise<void> {
  const view: Partial<RunView> = {
    proposals: [],
    waiting: {
      forWhom: 'one person with write access',
      proposalIds: ['p1'],
      digest: 'd',
      expiresAt: '2026-01-12T09:30:00.000Z',
      comparisonUrl: null,
    },
    comment: { id: 1, url: 'https://github.test/comment', digest: 'd', shownAt: '2026-01-05T09:30:00Z' },
  };
  await system("UPDATE runs SET state = 'waiting', round = $2, view = $1, created_at = '2026-01-05'", [
    JSON.stringify(view),
    round,
  ]);
}

function job(data: JsonObject): Job {
  return {
    id: 'j',
    data: { tenantId: app.tenant.id, runId: request.runId, round: 0, ...data },
    retryCount: 0,
    signal: new AbortController().signal,
    completeIn: async () => undefined,
  };
}

const comments = () =>
  app.simulator
    .repository(REPOSITORY)
    .issues.get(request.subject.number)
    ?.comments.map(({ body }) => body) ?? [];

describe('the reminder', () => {
  it('says once, in a comment that notifies, what waits, until when and what moves it', async () => {
    await waits();
    await fireTimer(engine, job({ kind: 'remind' }));
    await fireTimer(engine, job({ kind: 'remind' }));
    expect(comments()).toHaveLength(1);
    expect(comments()[0]).toContain('one person with write access');
    expect(comments()[0]).toContain('2026-01-12 09:30 UTC');
    expect(comments()[0]).toContain(`/approve ${request.runId}`);
    expect(comments()[0]).toContain('https://github.test/comment');
  });

  it('is silent when nothing waits any more, or something else does', async () => {
    await fireTimer(engine, job({ kind: 'remind' }));
    await waits(1);
    await fireTimer(engine, job({ kind: 'remind' }));
    await system("UPDATE runs SET state = 'done', round = 0");
    await fireTimer(engine, job({ kind: 'remind' }));
    expect(comments()).toEqual([]);
  });

  it('asks nothing where the App was taken off', async () => {
    await waits();
    await system('UPDATE tenants SET removed_at = now()');
    const before = app.simulator.requests.length;
    await fireTimer(engine, job({ kind: 'remind' }));
    expect(app.simulator.requests).toHaveLength(before);
  });

  it('gives up on what can’t pass, and throws what may, to be tried again', async () => {
    await waits();
    await system("UPDATE runs SET request = jsonb_set(request, '{subject,number}', '999')");
    await fireTimer(engine, job({ kind: 'remind' }));
    app.simulator.faults.add({ kind: 'status', path: /comments/, status: 502, times: 5 });
    await expect(fireTimer(engine, job({ kind: 'remind' }))).rejects.toMatchObject({ isRetryable: true });
  });
});

describe('the expiry', () => {
  it('is a signal of the round that it was set for, sent once', async () => {
    await waits();
    await fireTimer(engine, job({ kind: 'expire', round: 2 }));
    await fireTimer(engine, job({ kind: 'expire', round: 2 }));
    expect(await system('SELECT signal_id, payload FROM signals')).toEqual([
      { signal_id: 'expire:2', payload: { id: 'expire:2', kind: 'expire', round: 2 } },
    ]);
  });
});

it('a timer that this build does not know does nothing', async () => {
  const before = queue.sent.length;
  await fireTimer(engine, job({ kind: 'of-a-later-build' }));
  await fireTimer(engine, { ...job({}), data: { kind: 'expire' } });
  expect(queue.sent).toHaveLength(before);
});

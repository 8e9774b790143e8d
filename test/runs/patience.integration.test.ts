import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import type { Run, RunState } from '../../src/domain/run.ts';
import type { Job } from '../../src/ports/queue.ts';
import { openJournal } from '../../src/runs/tables/journal.ts';
import { claimRun, createRun } from '../../src/runs/tables/run-rows.ts';
import { endAttempt, noteFailure } from '../../src/runs/takeover.ts';
import { workOnRun } from '../../src/runs/worker.ts';
import { testClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await database.statement('system', 'TRUNCATE runs, steps, results');
  await createRun(database, recordingQueue(), request);
});

const request = runRequest();

async function claimed(): Promise<Run> {
  const stored = await claimRun(database, request.tenant.id, request.runId);
  if (stored === null) throw new Error('no run');
  return stored.run;
}

/** As if everything that was noted had happened so long ago. */
async function pass(hours: number): Promise<void> {
  await database.statement(
    'system',
    "UPDATE runs SET failing_since = failing_since - $1 * interval '1 hour'",
    [hours],
  );
}

async function stateNow(): Promise<{ state: RunState; reason: string | null } | undefined> {
  const [row] = await database.statement<{ state: RunState; reason: string | null }>(
    'system',
    'SELECT state, reason FROM runs',
  );
  return row;
}

describe('what may pass', () => {
  it('is an end after two hours of nothing else', async () => {
    const run = await claimed();
    expect(await noteFailure(database, run)).toBe(false);
    await pass(1.9);
    expect(await noteFailure(database, run)).toBe(false);
    await pass(0.2);
    expect(await noteFailure(database, run)).toBe(true);
  });

  it('is forgotten with an attempt that ended in order: the next time may be days later', async () => {
    const run = await claimed();
    await noteFailure(database, run);
    await database.transaction('system', async (tx) => endAttempt(tx, run));
    await pass(48);
    expect(await noteFailure(database, run)).toBe(false);
  });
});

describe('a run that can’t be taken up', () => {
  const gone = new MusterError('github_not_found', 'The installation is gone.');
  const engine = () =>
    testEngine({
      database,
      githubAccess: {
        forTenant: async () => Promise.reject(gone),
        reaches: async () => false,
        revoke: async () => undefined,
      },
    });
  let completed = 0;
  const job: Job = {
    id: 'j',
    data: { tenantId: request.tenant.id, runId: request.runId },
    retryCount: 0,
    signal: new AbortController().signal,
    completeIn: async () => {
      completed += 1;
    },
  };

  it('is tried again for two hours, and then ends', async () => {
    await expect(workOnRun(engine(), job)).rejects.toBe(gone);
    expect(await stateNow()).toMatchObject({ state: 'queued' });
    await pass(2.1);
    await workOnRun(engine(), job);
    expect(await stateNow()).toEqual({ state: 'failed', reason: gone.message });
    expect(completed).toBe(1);
  });
});

describe('a recorded step', () => {
  it.each([
    ['NUL', { text: 'before\0after' }],
    ['half of a character', { text: '😀'.slice(0, 1) }],
    ['both, in a large output', { text: `\0${'😀'.slice(1)}${'x'.repeat(10_000)}` }],
  ])('keeps an output with %s, and gives it back as it was used', async (_, output) => {
    const run = await claimed();
    const spec = { key: 'turn-1', kind: 'turn', input: 1 } as const;
    const used = await (await openJournal(database, run, testClock()))('r0/').step(spec, async () => output);
    const again = await claimed();
    const recalled = await (
      await openJournal(database, again, testClock())
    )('r0/').step(spec, async () => {
      throw new Error('executed again');
    });
    expect(recalled).toEqual(used);
    expect(used.text).toBe(output.text.toWellFormed().replaceAll('\0', '\ufffd'));
  });

  it('whose large output is gone stops its run with a word', async () => {
    const run = await claimed();
    const spec = { key: 'turn-1', kind: 'turn', input: 1 } as const;
    await (await openJournal(database, run, testClock()))('r0/').step(spec, async () => 'x'.repeat(10_000));
    await database.statement('system', 'TRUNCATE results');
    const again = await claimed();
    await expect(openJournal(database, again, testClock())).rejects.toMatchObject({
      code: 'journal_changed',
    });
  });
});

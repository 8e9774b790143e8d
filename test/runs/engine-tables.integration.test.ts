import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BudgetWindow } from '../../src/costs/budget.ts';
import { NO_USAGE } from '../../src/domain/usage.ts';
import type { Run } from '../../src/domain/run.ts';
import { openJournal, type Journal } from '../../src/runs/tables/journal.ts';
import { loadSpend, loadUsed, reserve, settle, settleInterrupted } from '../../src/runs/tables/ledger.ts';
import { changeRun, claimRun, createRun } from '../../src/runs/tables/run-rows.ts';
import { consumeSignal, loadSignals, sendSignal, type Signal } from '../../src/runs/tables/signals.ts';
import { testClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await database.transaction('system', async (tx) =>
    tx.query('TRUNCATE runs, steps, results, signals, effects, ledger, budgets, outcomes'),
  );
});

const request = runRequest();
const clock = testClock();

async function claimed(): Promise<Run> {
  const stored = await claimRun(database, 11, request.runId);
  if (stored === null) throw new Error('no run');
  return stored.run;
}

async function started(): Promise<Run> {
  await createRun(database, recordingQueue(), request);
  return claimed();
}

describe('runs', () => {
  it('are made once for a trigger, and never beside an open one of the same agent and subject', async () => {
    const queue = recordingQueue();
    expect(await createRun(database, queue, request)).toEqual({ kind: 'created' });
    expect(await createRun(database, queue, request)).toEqual({ kind: 'same_trigger' });
    const second = runRequest({ runId: 'r_bbbbbbbbbbbb' });
    expect(await createRun(database, queue, second)).toEqual({ kind: 'already_open', runId: request.runId });
    expect(await createRun(database, queue, { ...second, work: { kind: 'agent', name: 'triager' } })).toEqual(
      {
        kind: 'created',
      },
    );
    expect(queue.sent.map((job) => job.queue)).toEqual(['run', 'run']);
  });

  it('shut a worker out of every write once another has claimed them', async () => {
    const stale = await started();
    const fresh = await claimed();
    expect(fresh.attempt).toBe(stale.attempt + 1);
    const refused = { code: 'stale_attempt' };
    await expect(
      database.transaction('system', async (tx) => changeRun(tx, stale, { state: 'working' })),
    ).rejects.toMatchObject(refused);
    const journal = (await openJournal(database, stale, clock))('');
    await expect(journal.step({ key: 'a', kind: 'turn', input: 1 }, async () => 1)).rejects.toMatchObject(
      refused,
    );
    const window = { key: 'run:x', limitMicroUsd: 10, label: 'cap' };
    await expect(
      reserve(database, stale, { key: 'k', model: 'm', costMicroUsd: 1 }, [window]),
    ).rejects.toMatchObject(refused);
  });

  it('refuse to move where a run does not go', async () => {
    const run = await started();
    await expect(
      database.transaction('system', async (tx) => changeRun(tx, run, { state: 'done' })),
    ).rejects.toMatchObject({ code: 'illegal_move' });
  });
});

describe('the journal', () => {
  it('executes a step once, and gives its output to every later claim', async () => {
    const first = (await openJournal(database, await started(), clock))('r0/');
    const calls: number[] = [];
    const work = async () => ({ n: calls.push(1) });
    expect(await first.step({ key: 'turn-1', kind: 'turn', input: { a: 1, b: 2 } }, work)).toEqual({ n: 1 });
    const second = (await openJournal(database, await claimed(), clock))('r0/');
    expect(second.has('turn-1')).toBe(true);
    expect(await second.step({ key: 'turn-1', kind: 'turn', input: { b: 2, a: 1 } }, work)).toEqual({ n: 1 });
    expect(calls).toHaveLength(1);
  });

  it('stops a run whose recorded step meets another input', async () => {
    const first = (await openJournal(database, await started(), clock))('');
    await first.step({ key: 's', kind: 'turn', input: 1 }, async () => 1);
    const second = (await openJournal(database, await claimed(), clock))('');
    await expect(second.step({ key: 's', kind: 'turn', input: 2 }, async () => 2)).rejects.toMatchObject({
      code: 'journal_diverged',
    });
  });

  it('gives an output in the same form at first and after a restart: order of keys, nothing undefined', async () => {
    const large = { text: 'x'.repeat(10_000), b: 1, a: 2 };
    const small = { title: 't', id: 'p1', body: 'b', gone: undefined, kind: 'comment' };
    const outputs = async (journal: Journal) =>
      Promise.all(
        [small, large].map(async (output, index) =>
          JSON.stringify(
            await journal.step({ key: `s${index}`, kind: 'turn', input: 1 }, async () => output),
          ),
        ),
      );
    const first = await outputs((await openJournal(database, await started(), clock))(''));
    expect(await outputs((await openJournal(database, await claimed(), clock))(''))).toEqual(first);
  });

  it('keeps large outputs by their digest, once', async () => {
    const journal = (await openJournal(database, await started(), clock))('');
    const large = { text: 'x'.repeat(50_000) };
    await journal.step({ key: 'a', kind: 'tool', input: 1 }, async () => large);
    await journal.step({ key: 'b', kind: 'tool', input: 2 }, async () => large);
    const results = await database.transaction(11, async (tx) => tx.query('SELECT digest FROM results'));
    expect(results).toHaveLength(1);
    const again = (await openJournal(database, await claimed(), clock))('');
    expect(await again.step({ key: 'b', kind: 'tool', input: 2 }, async () => ({ text: '' }))).toEqual(large);
  });

  it('records neither the step nor what goes alongside when that fails', async () => {
    const run = await started();
    const journal = (await openJournal(database, run, clock))('');
    await expect(
      journal.step(
        { key: 's', kind: 'turn', input: 1 },
        async () => 1,
        async () => {
          throw new Error('disk full');
        },
      ),
    ).rejects.toThrow('disk full');
    const again = (await openJournal(database, await claimed(), clock))('');
    expect(again.has('s')).toBe(false);
  });
});

describe('the ledger', () => {
  const windows = (run: number, day: number): BudgetWindow[] => [
    { key: 'run:r', limitMicroUsd: run, label: 'cap' },
    { key: 'day:d', limitMicroUsd: day, label: 'day' },
  ];

  it('never holds more than a limit, however many reserve at once', async () => {
    const run = await started();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) =>
        reserve(database, run, { key: `k${index}`, model: 'm', costMicroUsd: 30 }, windows(1_000, 200)),
      ),
    );
    expect(answers.filter((answer) => answer.kind === 'reserved')).toHaveLength(6);
    const used = await database.transaction(11, async (tx) => loadUsed(tx, 11, windows(1, 1)));
    // A refused reservation left nothing in the window that still had room.
    expect(Object.fromEntries(used)).toEqual({ 'run:r': 180, 'day:d': 180 });
  });

  it('replaces a reservation by what was spent, once', async () => {
    const run = await started();
    const held = windows(1_000, 1_000);
    await reserve(database, run, { key: 'k', model: 'm', costMicroUsd: 500 }, held);
    for (let time = 0; time < 2; time += 1) {
      await database.transaction(11, async (tx) =>
        settle(tx, run, { key: 'k', costMicroUsd: 120, usage: NO_USAGE }, held),
      );
    }
    const used = await database.transaction(11, async (tx) => loadUsed(tx, 11, held));
    expect(used.get('day:d')).toBe(120);
  });

  it('settles at its reservation a call that was in flight when the worker died', async () => {
    const dead = await started();
    await reserve(database, dead, { key: 'k', model: 'm', costMicroUsd: 500 }, windows(1_000, 1_000));
    const run = await claimed();
    await settleInterrupted(database, run);
    const spend = await database.transaction(11, async (tx) => loadSpend(tx, 11, run.request.runId));
    expect(spend).toMatchObject([{ step: 'k', costMicroUsd: 500 }]);
    const used = await database.transaction(11, async (tx) => loadUsed(tx, 11, windows(1, 1)));
    expect(used.get('run:r')).toBe(500);
  });
});

describe('signals', () => {
  const source = { via: 'command' as const, id: 9, number: 3, at: '2026-01-01T00:00:00Z', reviewedSha: null };
  const approve: Signal = {
    id: 'comment:9:0',
    kind: 'approve',
    actor: { id: 7, login: 'ada', isBot: false },
    source,
    maxMicroUsd: null,
  };

  it('are taken once, wake the run with the same commit, and are consumed once', async () => {
    const run = await started();
    const queue = recordingQueue();
    expect(await sendSignal(database, queue, 11, run.request.runId, approve)).toEqual({ kind: 'taken' });
    expect(await sendSignal(database, queue, 11, run.request.runId, approve)).toEqual({ kind: 'repeated' });
    expect(queue.sent).toHaveLength(1);
    expect(queue.sent[0]?.options.tx).toBeDefined();
    await database.transaction(11, async (tx) => consumeSignal(tx, run, approve.id, 'approved'));
    const signals = await database.transaction(11, async (tx) => loadSignals(tx, run));
    expect(signals).toEqual([{ signal: approve, isConsumed: true, outcome: 'approved' }]);
  });

  it('are not taken by a worker that was taken over', async () => {
    const stale = await started();
    await sendSignal(database, recordingQueue(), 11, stale.request.runId, approve);
    const run = await claimed();
    await expect(
      database.transaction(11, async (tx) => consumeSignal(tx, stale, approve.id, 'shown')),
    ).rejects.toMatchObject({ code: 'stale_attempt' });
    const signals = await database.transaction(11, async (tx) => loadSignals(tx, run));
    expect(signals).toMatchObject([{ signal: approve, isConsumed: false }]);
  });

  it('are refused by runs that ended, but for `/retry` of a failed one, and by runs that never were', async () => {
    const run = await started();
    await database.transaction('system', async (tx) => changeRun(tx, run, { state: 'failed' }));
    const queue = recordingQueue();
    expect(await sendSignal(database, queue, 11, run.request.runId, approve)).toEqual({
      kind: 'ended',
      state: 'failed',
    });
    const retry: Signal = { id: 'comment:10:0', kind: 'retry', actor: approve.actor, source };
    expect(await sendSignal(database, queue, 11, run.request.runId, retry)).toEqual({ kind: 'taken' });
    expect(await sendSignal(database, queue, 11, 'r_zzzzzzzzzzzz', approve)).toEqual({ kind: 'no_run' });
    expect(await sendSignal(database, queue, 12, run.request.runId, approve)).toEqual({ kind: 'no_run' });
  });
});

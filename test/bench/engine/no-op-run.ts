import type { RunRequest } from '../../../src/domain/run.ts';
import type { Database, Transaction } from '../../../src/ports/database.ts';
import type { Job, Queue } from '../../../src/ports/queue.ts';
import { openJournal } from '../../../src/runs/tables/journal.ts';
import { loadSpend, settleInterrupted } from '../../../src/runs/tables/ledger.ts';
import { changeRun, claimRun, createRun } from '../../../src/runs/tables/run-rows.ts';
import { realClock } from '../../support/clock.ts';
import { runRequest } from '../../support/runs.ts';

const STEPS = 5;

/** A run of its own subject, of one of `tenants` tenants. */
export function noOpRequest(index: number, tenants: number): RunRequest {
  const runId = `r_${String(index).padStart(12, 'a')}`;
  const id = 1 + (index % tenants);
  return runRequest({
    runId,
    tenant: { id, owner: 'octo', name: `shop-${id}`, installationId: 5 },
    subject: { kind: 'issue', number: index + 1 },
  });
}

/** Creates the runs `from` to `from + count - 1`, eight at a time, as routed deliveries would. */
export async function createNoOpRuns(
  database: Database,
  queue: Queue,
  { from, count, tenants }: { from: number; count: number; tenants: number },
): Promise<void> {
  let next = from;
  const create = async (): Promise<void> => {
    while (next < from + count) {
      const index = next;
      next += 1;
      await createRun(database, queue, noOpRequest(index, tenants));
    }
  };
  await Promise.all(Array.from({ length: 8 }, create));
}

/** Called before a step is executed, which is not where it is replayed. */
export type OnStep = (runId: string, step: number) => Promise<void>;

/**
 * What a worker does around any run: claim it, open journal and ledger, change its state (with the first step),
 * record steps, end run and job in one transaction. The steps themselves do nothing. Gives the run's id.
 */
export async function workNoOpRun(database: Database, job: Job, onStep: OnStep): Promise<string> {
  const { tenantId, runId } = job.data;
  if (typeof tenantId !== 'number' || typeof runId !== 'string') throw new Error('not a run');
  const stored = await claimRun(database, tenantId, runId);
  if (stored === null) throw new Error('no such run');
  let { run } = stored;
  await settleInterrupted(database, run);
  const journal = (await openJournal(database, run, realClock))('r0/');
  await database.transaction(tenantId, async (tx) => loadSpend(tx, tenantId, runId));
  const begin = async (tx: Transaction): Promise<void> => {
    if (run.state === 'queued') run = await changeRun(tx, run, { state: 'working' });
  };
  for (let step = 1; step <= STEPS; step += 1) {
    const work = async (): Promise<{ step: number }> => {
      await onStep(runId, step);
      return { step };
    };
    await journal.step({ key: `turn-${step}`, kind: 'turn', input: { step } }, work, begin);
  }
  await database.transaction('system', async (tx) => {
    await changeRun(tx, run, { state: 'done' });
    await job.completeIn(tx);
  });
  return runId;
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDatabaseKeyvStore } from '../../src/adapters/keyv/database-keyv-store.ts';
import { createKeyvNoteStore } from '../../src/adapters/keyv/note-store.ts';
import type { Run } from '../../src/domain/run.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { loadDecisions, recordDecision, toDecided } from '../../src/runs/tables/decisions.ts';
import { answerQuery } from '../../src/runs/history/inspect.ts';
import { testClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

let database: TestDatabase;
const queue = recordingQueue();
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await database.transaction('system', async (tx) => tx.query('TRUNCATE outcomes'));
  queue.sent.length = 0;
});

function scored(score: number): Verdict {
  const member = { model: 'openai/gpt-5', order: 0, score, share: 1 };
  return {
    kind: 'scored',
    criteria: [],
    summary: '',
    score,
    threshold: 0.7,
    model: member.model,
    isSelfJudged: false,
    costMicroUsd: 1,
    panel: [member],
    proposedCharacters: 100,
  };
}

const OTHER = 'r_bbbbbbbbbbbb';

async function record(
  decision: string,
  options: { tenant?: number; runId?: string; round?: number; verdict?: Verdict } = {},
) {
  const { tenant = 11, runId = 'r_aaaaaaaaaaaa', round = 0, verdict = scored(0.8) } = options;
  const request = runRequest({
    runId,
    tenant: { id: tenant, owner: 'octo', name: 'shop', installationId: 5 },
  });
  const run: Run = {
    request,
    state: 'waiting',
    attempt: 1,
    round,
    isTainted: false,
    reason: null,
    createdAt: '',
    updatedAt: '',
  };
  await database.transaction('system', async (tx) =>
    recordDecision(tx, { run, round, view: { verdict }, engine: { queue } }, decision),
  );
}

const load = async (tenant = 11) => database.transaction(tenant, async (tx) => loadDecisions(tx, tenant));

describe('the report on the judges', () => {
  it('is one for each repository, of its own decisions only', async () => {
    await database.transaction('system', async (tx) =>
      tx.query(
        "INSERT INTO tenants (tenant_id, owner, name) VALUES (11, 'octo', 'shop'), (12, 'octo', 'till') ON CONFLICT DO NOTHING",
      ),
    );
    await record('approved');
    await record('rejected', { runId: OTHER, verdict: scored(0.4) });
    await record('approved', { tenant: 12, verdict: scored(0.4) });
    const notes = createKeyvNoteStore({
      openStore: (tenantId) => createDatabaseKeyvStore(database, tenantId),
      clock: testClock(),
    });
    const ask = async (tenantId: number | null) =>
      (await answerQuery({ database, notes, queue: recordingQueue() }, { kind: 'judge', tenantId })).map(
        ({ repository, report }) => [
          repository,
          report.passedAccepted,
          report.failedDeclined,
          report.failedAccepted,
        ],
      );
    expect(await ask(null)).toEqual([
      ['octo/shop', 1, 1, 0],
      ['octo/till', 0, 0, 1],
    ]);
    expect(await ask(12)).toEqual([['octo/till', 0, 0, 1]]);
  });
});

describe('decisions of people', () => {
  it('are kept once for each round of a run, with the verdict of that round', async () => {
    await record('reworked', { verdict: scored(0.5) });
    await record('reworked', { verdict: scored(0.5) });
    await record('reworked', { round: 1, verdict: scored(0.6) });
    await record('approved', { round: 2, verdict: scored(0.9) });
    const decided = (await load()).map(({ decision, verdict }) => `${decision} ${verdict.score}`);
    expect(decided.toSorted()).toEqual(['approved 0.9', 'reworked 0.5', 'reworked 0.6']);
  });

  it('teach as a yes, half a no and a no', async () => {
    await record('approved');
    await record('reworked', { round: 1 });
    await record('rejected', { runId: OTHER });
    const taught = (await load()).map(toDecided).map(({ isAccepted, weight }) => `${isAccepted} ${weight}`);
    expect(taught.toSorted()).toEqual(['false 0.5', 'false 1', 'true 1']);
  });

  it('are one yes or no a run: what is pushed to it later is not its work', async () => {
    await record('approved');
    await record('approved', { round: 1 });
    await record('rejected', { round: 2 });
    expect((await load()).map(({ decision }) => decision)).toEqual(['approved']);
  });

  it('leave out ends that nobody decided, and runs without a score', async () => {
    await record('expired');
    await record('cancelled', { round: 1 });
    await record('approved', { round: 2, verdict: { kind: 'missing', reason: 'no answer', threshold: 0.7 } });
    expect(await load()).toEqual([]);
  });

  it('have the records of the agents weighed, once for each', async () => {
    await record('approved');
    await record('approved');
    await record('expired', { round: 1 });
    expect(queue.sent).toEqual([
      {
        queue: 'timer',
        data: { kind: 'autonomy', tenantId: 11 },
        // In the decision's own transaction, so that no crash comes between the two.
        options: { tenantId: 11, tx: expect.anything() },
      },
    ]);
  });

  it('teach no yes of what was reverted', async () => {
    await record('approved');
    await record('reverted');
    expect((await load()).map(({ decision }) => decision)).toEqual(['reverted']);
  });

  it('of another repository are not there', async () => {
    await record('approved', { tenant: 12 });
    expect(await load(11)).toEqual([]);
    expect(await load(12)).toHaveLength(1);
  });
});

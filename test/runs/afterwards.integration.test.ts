import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunState } from '../../src/domain/run.ts';
import { readEvent } from '../../src/router/read-event.ts';
import { recordClosing, recordReverts } from '../../src/runs/events/afterwards.ts';
import { createRun } from '../../src/runs/tables/run-rows.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

const RUN = 'r_aaaaaaaaaaaa';
const SHA = 'a1'.repeat(20);
const TENANT = runRequest().tenant;

let database: TestDatabase;
const queue = recordingQueue();
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await system('TRUNCATE tenants, runs, outcomes');
  await createRun(database, queue, runRequest());
  await stands('done');
  queue.sent.length = 0;
});

async function system<Row>(sql: string, parameters: string[] = []): Promise<Row[]> {
  return database.transaction('system', async (tx) => tx.query<Row>(sql, parameters));
}

/** The run has opened #7. */
async function stands(state: RunState): Promise<void> {
  const view = { pullRequest: { number: 7, url: '', headSha: SHA }, verdict: { kind: 'missing' } };
  await system('UPDATE runs SET state = $1, round = 1, view = $2', [state, JSON.stringify(view)]);
}

const outcomes = async () =>
  (
    await system<{ word: string }>(
      "SELECT run_id || ' ' || round || ' ' || agent || ' ' || decision AS word FROM outcomes",
    )
  ).map(({ word }) => word);

const weighed = () => queue.sent.map(({ data }) => data);

async function closed(isMerged: boolean, { number = 7, isOwn = true, type = 'User' } = {}): Promise<void> {
  const event = readEvent('pull_request', {
    action: 'closed',
    repository: { id: TENANT.id, name: TENANT.name, owner: { login: TENANT.owner } },
    sender: { id: 1, login: 'ada', type },
    pull_request: { number, node_id: 'PR', body: '', head: { sha: SHA }, merged: isMerged },
  });
  if (event.kind !== 'pull_request') throw new Error(event.kind);
  await recordClosing({ database, queue }, { kind: 'pull_request', event, isOwn });
}

async function reverted(
  what: { pullRequests?: number[]; message?: string },
  tenant = TENANT,
): Promise<string> {
  const { pullRequests = [], message = null } = what;
  const facts = { sha: SHA, treeSha: SHA, message: message ?? '', isVerified: true };
  const github = { getCommit: async (sha: string) => (sha === SHA && message !== null ? facts : null) };
  return recordReverts({ database, queue }, github, {
    kind: 'reverted',
    tenant,
    pullRequests,
    commits: message === null ? [] : [SHA],
  });
}

describe('a revert', () => {
  it.each([
    ['of the pull request', { pullRequests: [7] }],
    ['of its merge', { message: 'Merge pull request #7 from octo/muster/writer/3-x\n\nSay it' }],
    ['of its squash', { message: 'Say it (#7)\n\n* more' }],
    ['of its commit', { message: `Say it\n\nMuster-Run: ${RUN}` }],
  ])('%s is an outcome of the run that made it, once', async (_what, what) => {
    expect(await reverted(what)).toBe('reverted: 1 runs');
    expect(await reverted(what)).toContain('ignored');
    expect(await reverted({ pullRequests: [7] })).toContain('ignored');
    expect(await outcomes()).toEqual([`${RUN} 1 bug-root-cause-analyzer reverted`]);
    expect(weighed()).toEqual([{ kind: 'autonomy', tenantId: TENANT.id }]);
  });

  it.each([
    ['another pull request', { pullRequests: [8] }],
    ['another merge', { message: 'Merge pull request #77 from octo/x' }],
    ['a commit that mentions it', { message: `See #7\n\nNot Muster-Run: ${RUN}\nMuster-Run: ${RUN}x` }],
    ['a commit that is gone', {}],
  ])('of %s is none', async (_what, what) => {
    expect(await reverted(what)).toContain('ignored');
    expect(await outcomes()).toEqual([]);
  });

  it('in another repository is none', async () => {
    await reverted({ pullRequests: [7], message: `x\n\nMuster-Run: ${RUN}` }, { ...TENANT, id: 12 });
    expect(await outcomes()).toEqual([]);
  });
});

describe('a pull request that nobody was asked about', () => {
  it.each([
    [true, 'approved'],
    [false, 'rejected'],
  ])('merged: %s, is %s', async (isMerged, decision) => {
    await closed(isMerged);
    await closed(isMerged);
    expect(await outcomes()).toEqual([`${RUN} 1 bug-root-cause-analyzer ${decision}`]);
    expect(weighed()).toHaveLength(1);
  });

  it.each([
    ['by a bot', async () => closed(true, { type: 'Bot' })],
    ['that is not ours', async () => closed(true, { isOwn: false })],
    ['of no run', async () => closed(true, { number: 8 })],
  ])('closed %s is no decision', async (_what, close) => {
    await close();
    expect(await outcomes()).toEqual([]);
  });

  it('leaves to the run what it has not ended with, and to people what they decided', async () => {
    await stands('waiting');
    await closed(false);
    expect(await outcomes()).toEqual([]);
    await stands('done');
    await system(
      `INSERT INTO outcomes (tenant_id, run_id, round, agent, decision) VALUES (11, '${RUN}', 1, 'a', 'approved')`,
    );
    await closed(false);
    expect(await outcomes()).toEqual([`${RUN} 1 a approved`]);
  });
});

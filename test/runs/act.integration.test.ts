import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GitHub } from '../../src/ports/github.ts';
import { act } from '../../src/runs/events/act.ts';
import type { RoutedCommand, RoutedSignal } from '../../src/router/routed.ts';
import { changeRun, claimRun, createRun } from '../../src/runs/tables/run-rows.ts';
import { fakeGitHub } from '../publish/fake-github.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

const { tenant, subject, runId } = runRequest();
const asked = {
  tenant,
  actor: { id: 7, login: 'ada', isBot: false },
  level: 'write' as const,
  at: '2026-01-01T00:00:00Z',
};
const command: RoutedCommand = {
  ...asked,
  kind: 'command',
  command: { kind: 'approve', runId: null, maxMicroUsd: null },
  key: 'comment:5:0',
  subject,
  source: { kind: 'comment', id: 5 },
  react: 'IC_5',
};
const review: RoutedSignal = {
  ...asked,
  kind: 'signal',
  signal: 'approve',
  via: 'review',
  key: 'review:6',
  id: 6,
  pullRequest: subject.number,
  runIds: [],
  commitSha: 'abc',
  text: '',
  react: null,
};

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());

describe('a delivery whose worker died before it was closed', () => {
  it('is answered by nothing but its signal, though the run has moved on', async () => {
    const queue = recordingQueue();
    const engine = testEngine({ database, queue });
    const fake = fakeGitHub();
    const { state } = fake;
    const github = fake.github as GitHub;
    await createRun(database, queue, runRequest());
    const claimed = await claimRun(database, tenant.id, runId);
    if (claimed === null) throw new Error('the run is gone');
    await database.transaction(tenant.id, async (tx) => {
      const working = await changeRun(tx, claimed.run, { state: 'working' });
      const judging = await changeRun(tx, working, { state: 'judging' });
      await changeRun(tx, judging, { state: 'waiting' });
    });
    for (const routed of [command, review])
      expect(await act(engine, github, routed, 'd1')).toBe(`approve for ${runId}: taken`);
    await database.transaction('system', async (tx) => tx.query(`UPDATE runs SET state = 'publishing'`));
    for (const routed of [command, review])
      expect(await act(engine, github, routed, 'd1')).toBe(`approve for ${runId}: repeated`);
    expect(state.comments.size).toBe(0);
    await act(engine, github, { ...command, key: 'comment:8:0' }, 'd2');
    expect(state.comments.size).toBe(1);
  });
});

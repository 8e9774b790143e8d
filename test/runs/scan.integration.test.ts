import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MusterEvent } from '../../src/router/event.ts';
import { readEvent } from '../../src/router/read-event.ts';
import type { Engine } from '../../src/runs/engine.ts';
import { takeDelivery } from '../../src/runs/tables/inbox.ts';
import { scanRepository } from '../../src/runs/upkeep/scan.ts';
import { admitTenant } from '../../src/runs/tables/tenants.ts';
import { startSimulatedApp, type SimulatedApp } from '../adapters/octokit/simulated-app.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue } from '../support/runs.ts';

const REPOSITORY = 'octo/app';
const HOUR_MS = 3_600_000;
/** When `startSimulatedApp`'s clock starts. */
const START = '2026-01-05T12:00:00.000Z';

let database: TestDatabase;
let app: SimulatedApp;
let engine: Engine;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await database.transaction('system', async (tx) => tx.query('TRUNCATE inbox, tenants'));
  app = await startSimulatedApp();
  engine = testEngine({ database, githubAccess: app.access });
  await admitTenant(database, app.tenant);
  return async () => app.simulator.close();
});

/** What the inbox holds, as the router reads it. */
async function events(): Promise<MusterEvent[]> {
  const rows = await database.transaction('system', async (tx) =>
    tx.query<{ event: string; payload: string }>('SELECT event, payload FROM inbox ORDER BY delivery_id'),
  );
  return rows.map(({ event, payload }) => readEvent(event, JSON.parse(payload)));
}

async function issue(): Promise<number> {
  const opened = await app.simulator.as('octo').openIssue(REPOSITORY, { title: 'A bug', body: 'It breaks.' });
  return opened.number;
}

describe('scanRepository', () => {
  it('puts labels, comments and reviews into the inbox as the events that they were', async () => {
    const octo = app.simulator.as('octo');
    const number = await issue();
    await octo.label(REPOSITORY, number, 'agent:fixer', 'bug');
    const comment = octo.comment(REPOSITORY, number, '/agent fixer');
    await octo.push(REPOSITORY, 'topic', { 'a.txt': 'a\n' });
    const pull = await octo.openPullRequest(REPOSITORY, { title: 'Change', head: 'topic' });
    const review = await app.simulator
      .as('tria')
      .review(REPOSITORY, pull.number, { event: 'COMMENT', body: '/approve' });

    expect(await scanRepository(engine, app.tenant.id, START)).toBe(3);
    const [commented, labeled, reviewed] = await events();
    expect(labeled).toMatchObject({
      kind: 'labeled',
      label: 'agent:fixer',
      sender: { login: 'octo' },
      tenant: app.tenant,
      thread: { kind: 'issue', number, body: 'It breaks.', author: { login: 'octo' } },
    });
    expect(commented).toMatchObject({
      kind: 'commented',
      thread: { number },
      comment: { id: comment.id, body: '/agent fixer', author: { login: 'octo' } },
    });
    expect(reviewed).toMatchObject({
      kind: 'reviewed',
      thread: { kind: 'pull_request', number: pull.number },
      headSha: pull.pull?.head.sha,
      review: { id: review.id, state: 'commented', author: { login: 'tria' } },
    });
  });

  it('knows a label on a pull request for one', async () => {
    const octo = app.simulator.as('octo');
    await octo.push(REPOSITORY, 'topic', { 'a.txt': 'a\n' });
    const pull = await octo.openPullRequest(REPOSITORY, { title: 'Change', head: 'topic' });
    await octo.label(REPOSITORY, pull.number, 'flow:release');
    await scanRepository(engine, app.tenant.id, START);
    expect(await events()).toMatchObject([{ kind: 'labeled', thread: { kind: 'pull_request' } }]);
  });

  it('leaves out what is older, what was edited, and what we wrote ourselves', async () => {
    const number = await issue();
    const octo = app.simulator.as('octo');
    octo.comment(REPOSITORY, number, '/agent old');
    await octo.label(REPOSITORY, number, 'agent:old');
    app.advance(2 * HOUR_MS);
    const edited = octo.comment(REPOSITORY, number, 'hello');
    app.advance(5_000);
    octo.editComment(REPOSITORY, edited.id, '/approve');
    const github = await app.access.forTenant(app.tenant);
    await github.createComment(number, '/approve');
    const since = new Date(Date.parse(START) + HOUR_MS).toISOString();
    expect(await scanRepository(engine, app.tenant.id, since)).toBe(0);
  });

  it('takes in nothing that came as a delivery, and itself nothing twice', async () => {
    const number = await issue();
    const octo = app.simulator.as('octo');
    const first = octo.comment(REPOSITORY, number, '/agent a');
    octo.comment(REPOSITORY, number, '/agent b');
    const body = JSON.stringify({
      action: 'created',
      repository: { id: app.tenant.id, name: 'app' },
      comment: { id: first.id },
      issue: { number },
    });
    await takeDelivery(database, recordingQueue(), { id: 'guid-1', event: 'issue_comment', body });
    expect(await scanRepository(engine, app.tenant.id, START)).toBe(1);
    expect(await scanRepository(engine, app.tenant.id, START)).toBe(0);
  });

  it('takes in a label that was put on once more after the delivery that came', async () => {
    const number = await issue();
    const octo = app.simulator.as('octo');
    await octo.label(REPOSITORY, number, 'agent:a');
    const deliver = async (id: string, updatedAt: string) =>
      takeDelivery(database, recordingQueue(), {
        id,
        event: 'issues',
        body: JSON.stringify({
          action: 'labeled',
          label: { name: 'agent:a' },
          repository: { id: app.tenant.id, name: 'app' },
          issue: { number, updated_at: updatedAt },
        }),
      });
    await deliver('guid-1', START);
    expect(await scanRepository(engine, app.tenant.id, START)).toBe(0);
    await octo.unlabel(REPOSITORY, number, 'agent:a');
    app.advance(HOUR_MS);
    await octo.label(REPOSITORY, number, 'agent:a');
    expect(await scanRepository(engine, app.tenant.id, START)).toBe(1);
  });

  it('asks nothing of a repository that the App was taken off', async () => {
    await database.transaction('system', async (tx) => tx.query('UPDATE tenants SET removed_at = now()'));
    const before = app.simulator.requests.length;
    expect(await scanRepository(engine, app.tenant.id, START)).toBe(0);
    expect(app.simulator.requests).toHaveLength(before);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGitHub, type World } from './github.ts';

const REPOSITORY = 'acme/widgets';
const WORKFLOW = `name: Deploy
on:
  workflow_dispatch:
    inputs:
      target: { required: true }
      dry: { required: true, default: 'no' }
`;

let world: World;
let sha = '';
let count = 0;

beforeAll(async () => {
  world = await createGitHub();
});

beforeEach(async () => {
  count += 1;
  sha = await world.simulator.as('wes').push(REPOSITORY, `topic-${count}`, { 'b.txt': String(count) });
  await world.simulator.settled();
  world.heard.length = 0;
});

afterAll(() => world.dispose());

const OUTPUT = { title: 'Gate', summary: 'Waits' };

function create(body: object) {
  return world.repo('POST', '/check-runs', { name: 'muster/gate', head_sha: sha, output: OUTPUT, ...body });
}

describe('check runs', () => {
  it('belong to one suite of their App on that commit', async () => {
    const first = await create({ name: 'muster/gate', external_id: 'r_1' });
    const second = await create({ name: 'muster/cost' });
    expect(second.body.check_suite.id).toBe(first.body.check_suite.id);
    await world.simulator.reportCheck(REPOSITORY, { name: 'test', headSha: sha });
    const runs = (await world.repo('GET', `/commits/${sha}/check-runs`)).body.check_runs;
    expect(runs.map((run) => run.name)).toEqual(['test', 'muster/cost', 'muster/gate']);
    const own = await world.repo('GET', `/commits/${sha}/check-runs?app_id=${world.app.id}`);
    expect(own.body.check_runs).toHaveLength(2);
    const suites = await world.repo('GET', `/commits/topic-${count}/check-suites`);
    expect(suites.body.check_suites.map((suite) => suite.app.slug)).toEqual(['muster', 'github-actions']);
  });

  it('show the newest of a name, and all when asked', async () => {
    await create({ conclusion: 'failure' });
    const { id } = (await create({ status: 'in_progress' })).body;
    const latest = (await world.repo('GET', `/commits/${sha}/check-runs`)).body.check_runs;
    expect(latest.map((run) => run.id)).toEqual([id]);
    const all = await world.repo('GET', `/commits/${sha}/check-runs?filter=all`);
    expect(all.body.check_runs).toHaveLength(2);
  });

  it('complete with a conclusion, or not at all', async () => {
    expect((await create({ status: 'completed' })).status).toBe(422);
    const { id } = (await create({ status: 'in_progress' })).body;
    const update = (body: object) => world.repo('PATCH', `/check-runs/${id}`, body);
    expect((await update({ status: 'completed' })).status).toBe(422);
    expect((await update({ conclusion: 'success' })).body).toMatchObject({
      status: 'completed',
      conclusion: 'success',
    });
    expect(await world.names()).toEqual([
      'check_run.created',
      'check_run.completed',
      'check_suite.completed',
    ]);
    expect(world.heard[2]?.payload).toMatchObject({ check_suite: { conclusion: 'success', head_sha: sha } });
  });

  it('keep GitHub’s sizes', async () => {
    const annotation = {
      path: 'b.txt',
      start_line: 1,
      end_line: 1,
      annotation_level: 'notice',
      message: 'm',
    };
    const many = (length: number) => ({
      output: { ...OUTPUT, annotations: Array.from({ length }, () => annotation) },
    });
    const action = { label: 'Approve', description: 'Publishes it', identifier: 'approve' };
    expect((await create(many(51))).status).toBe(422);
    for (const wrong of [
      { end_line: 0 },
      { path: '' },
      { message: 'ä'.repeat(32_769) },
      { title: 'x'.repeat(256) },
      { end_line: 2, start_column: 1 },
      { annotation_level: 'error' },
    ]) {
      const annotations = [{ ...annotation, ...wrong }];
      expect((await create({ output: { ...OUTPUT, annotations } })).status).toBe(422);
    }
    expect((await create({ output: { ...OUTPUT, summary: 'x'.repeat(65_536) } })).status).toBe(422);
    expect((await create({ actions: [action, action, action, action] })).status).toBe(422);
    expect((await create({ actions: [{ ...action, label: 'x'.repeat(21) }] })).status).toBe(422);
    expect((await create({ head_sha: '0'.repeat(39) + '1' })).status).toBe(422);
    const { id } = (await create(many(50))).body;
    await world.repo('PATCH', `/check-runs/${id}`, many(50));
    const annotations = await world.repo('GET', `/check-runs/${id}/annotations?per_page=100`);
    expect(annotations.list).toHaveLength(100);
  });

  it('are written by Apps only, and each by its own', async () => {
    const { id } = (await create({})).body;
    const actions = world.simulator.actionsToken(REPOSITORY, { checks: 'write' });
    const person = world.simulator.tokenFor('ada');
    expect((await world.repo('PATCH', `/check-runs/${id}`, { name: 'x' }, actions)).status).toBe(403);
    expect((await world.repo('PATCH', `/check-runs/${id}`, { name: 'x' }, person)).status).toBe(403);
  });

  it('tell their App, and it alone, of a pressed button', async () => {
    const actions = [{ label: 'Approve', description: 'Publishes it', identifier: 'approve' }];
    const { id } = (await create({ conclusion: 'action_required', actions })).body;
    await world.names();
    world.heard.length = 0;
    world.simulator.as('rea').pressButton(REPOSITORY, id, 'approve');
    expect(() => world.simulator.as('rea').pressButton(REPOSITORY, id, 'reject')).toThrow(/no button/);
    expect(await world.names()).toEqual(['check_run.requested_action']);
    expect(world.heard[0]?.payload).toMatchObject({
      requested_action: { identifier: 'approve' },
      check_run: { id, external_id: '' },
      sender: { login: 'rea' },
    });
  });

  it('of GitHub Actions have a log, as plain text', async () => {
    const input = { name: 'test', headSha: sha, conclusion: 'failure', log: '1 failing' } as const;
    const { id } = await world.simulator.reportCheck(REPOSITORY, input);
    expect((await world.repo('GET', `/actions/jobs/${id}/logs`)).text).toBe('1 failing');
    expect((await world.repo('GET', '/actions/jobs/1/logs')).status).toBe(404);
    expect(await world.names()).toEqual([
      'check_run.created',
      'check_run.completed',
      'check_suite.completed',
    ]);
  });
});

describe('workflow dispatches', () => {
  beforeAll(async () => {
    const files = { '.github/workflows/deploy.yml': WORKFLOW, '.github/workflows/ci.yml': 'on: push\n' };
    await world.simulator.as('ada').push(REPOSITORY, 'main', files);
  });

  it('start a workflow that declares them, with the inputs that it declares', async () => {
    const start = (file: string, inputs: object, ref = 'main') =>
      world.repo('POST', `/actions/workflows/${file}/dispatches`, { ref, inputs });
    expect((await start('deploy.yml', { target: 'eu' })).status).toBe(204);
    expect((await start('missing.yml', {})).status).toBe(404);
    expect((await start('ci.yml', {})).body.message).toBe(
      "Workflow does not have 'workflow_dispatch' trigger",
    );
    expect((await start('deploy.yml', { target: 'eu', other: 1 })).body.message).toBe(
      'Unexpected inputs provided: ["other"]',
    );
    expect((await start('deploy.yml', {})).body.message).toBe("Required input 'target' not provided");
    expect((await start('deploy.yml', { target: 'eu' }, 'nowhere')).body.message).toBe(
      'No ref found for: nowhere',
    );
    expect(world.simulator.repository(REPOSITORY).workflowDispatches).toMatchObject([
      { path: '.github/workflows/deploy.yml', inputs: { target: 'eu' }, actor: { login: 'muster[bot]' } },
    ]);
  });

  it('say which run they made, when asked', async () => {
    const body = { ref: 'main', inputs: { target: 'eu' }, return_run_details: true };
    const answer = await world.repo('POST', '/actions/workflows/deploy.yml/dispatches', body);
    const last = world.simulator.repository(REPOSITORY).workflowDispatches.at(-1);
    expect([answer.status, answer.body.workflow_run_id]).toEqual([200, last?.runId]);
  });
});

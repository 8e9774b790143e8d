import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase } from './action/database.ts';
import { buildBundle, type Bundle } from './action/bundle.ts';
import { startProvider, type Provider } from './action/provider.ts';
import { runStep, type Step, type StepResult } from './action/runner.ts';
import { createWorld, EVIDENCE, REPOSITORY, type World } from './action/world.ts';

/** As for the tests on a real PostgreSQL. */
const SERVER = process.env['MUSTER_TEST_DATABASE_URL'] || undefined;

const KEY = 'key-0123456789abcdef0123456789';

let bundle: Bundle;
let provider: Provider;
let world: World;

beforeAll(async () => {
  [bundle, provider] = await Promise.all([buildBundle(), startProvider(EVIDENCE)]);
});
afterAll(async () => {
  provider.close();
  await bundle.remove();
});
beforeEach(async () => {
  world = await createWorld();
  return async () => world.simulator.close();
});

type Given = Pick<Step, 'event'> & Partial<Omit<Step, 'actor'>> & { actor?: string };

async function run({ actor = 'ada', inputs = {}, ...step }: Given): Promise<StepResult> {
  const result = await runStep({
    main: bundle.main,
    apiUrl: world.simulator.url,
    repository: { id: world.repositoryId, name: REPOSITORY },
    actor: { id: world.userId(actor), login: actor },
    inputs: {
      'github-token': world.token,
      'openai-compatible-base-url': provider.url,
      'openai-compatible-api-key': KEY,
      ...inputs,
    },
    ...step,
  });
  expect(result.log).not.toContain(world.token);
  expect(result.log).not.toContain(KEY);
  return result;
}

const SORTED = [
  { tool: 'propose_labels', args: { add: ['bug'] } },
  { tool: 'propose_comment', args: { body: `${EVIDENCE}: \`sum\` subtracts.` } },
];

describe('the Action', () => {
  it('publishes what an agent proposes on a labelled issue, and tells the job', async () => {
    const { number, event } = await world.labelledIssue();
    provider.play(SORTED);
    // What the job's own programs are configured with is not ours.
    const env = { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/none', PORT: 'none' };
    const result = await run({ event, env });
    expect(result).toMatchObject({ exitCode: 0, outputs: { state: 'done', 'pull-request': '' } });
    const issue = world.issue(number);
    expect(issue.labels).toEqual(['bug']);
    expect(issue.comments.map(({ author, body }) => [author.login, body])).toEqual([
      ['github-actions[bot]', expect.stringContaining(`<!-- muster:run=${result.outputs['run-id']} -->`)],
      ['github-actions[bot]', expect.stringContaining('`sum` subtracts.')],
    ]);
    expect(Number(result.outputs['cost-usd'])).toBeGreaterThan(0);
    expect(result.outputs['judge-score']).toBe('0.9');
    expect(result.outputs['comment-url']).toContain(`/issues/${number}#issuecomment-`);
    expect(JSON.parse(result.outputs['result'] ?? '')).toMatchObject({
      runs: [{ agent: 'sorter', state: 'done', published: [{ kind: 'labels' }, { kind: 'comment' }] }],
    });
    for (const name of ['muster/judge', 'muster/cost', 'muster/gate']) expect(result.summary).toContain(name);
    expect(result.summary).toContain('compatible/test');
    expect([...provider.keys]).toEqual([`Bearer ${KEY}`]);
  });

  it('starts the agent that its input names on a pull request, with inline comments', async () => {
    const ada = world.simulator.as('ada');
    await ada.push(REPOSITORY, 'fix', { 'src/sum.js': 'export const sum = (a, b) => a + a;\n' });
    const { number } = await ada.openPullRequest(REPOSITORY, { title: 'Add', head: 'fix' });
    provider.play([
      {
        tool: 'propose_review',
        args: {
          event: 'COMMENT',
          body: `${EVIDENCE} no more.`,
          comments: [{ path: 'src/sum.js', line: 1, body: '`b` is not used.' }],
        },
      },
    ]);
    const event = world.lastEvent('pull_request');
    const result = await run({ event, inputs: { agent: 'code-reviewer', request: 'Look at the sum.' } });
    expect(result).toMatchObject({ exitCode: 0, outputs: { state: 'done' } });
    const { pull } = world.issue(number);
    expect(pull?.reviews.map(({ author, state }) => [author.login, state])).toEqual([
      ['github-actions[bot]', 'COMMENTED'],
    ]);
    expect(pull?.reviewComments.map(({ path, body }) => [path, body])).toEqual([
      ['src/sum.js', expect.stringContaining('`b` is not used.')],
    ]);
    expect(JSON.stringify(provider.requests[0]?.messages)).toContain('Look at the sum.');
  });

  it('publishes nothing that waits for a person, and says so', async () => {
    const { number, event } = await world.labelledIssue();
    provider.play([...SORTED, { tool: 'propose_close', args: { reason: 'not_planned' } }]);
    const result = await run({ event });
    expect(result).toMatchObject({ exitCode: 0, outputs: { state: 'done' } });
    expect(world.issue(number)).toMatchObject({ state: 'open', labels: ['bug'] });
    expect(result.log).toContain("1 of the proposals need a person's approval");
    expect(result.summary).toContain('need a person');
  });

  it('shows each proposal of a dry run and publishes none', async () => {
    const { number, event } = await world.labelledIssue();
    provider.play(SORTED);
    const result = await run({ event, inputs: { 'dry-run': 'true', 'budget-usd': '0.10' } });
    expect(result).toMatchObject({ exitCode: 0, outputs: { state: 'done' } });
    expect(world.issue(number).labels).toEqual([]);
    expect(world.issue(number).comments).toHaveLength(1);
    expect(result.summary).toContain('`sum` subtracts.');
    expect(result.summary).toContain('capped at $0.10');
  });

  it('refuses without a key, in words that help', async () => {
    const { event } = await world.labelledIssue();
    const without = { 'openai-compatible-base-url': '', 'openai-compatible-api-key': '' };
    const result = await run({ event, inputs: without });
    expect(result).toMatchObject({ exitCode: 1, outputs: { state: 'refused' } });
    expect(result.log).toMatch(/::error::sorter refused: .*compatible/);
  });

  it('ends well where the event asks for nothing, and says why', async () => {
    const { number } = await world.labelledIssue();
    world.simulator.as('ada').comment(REPOSITORY, number, 'Thanks!');
    const result = await run({ event: world.lastEvent('issue_comment') });
    expect(result).toMatchObject({ exitCode: 0, outputs: { state: '', 'run-id': '' } });
    expect(result.log).toMatch(/::notice title=Muster had nothing to do::ignored: /);
  });

  it('fails where a person without access asks', async () => {
    const { event } = await world.labelledIssue();
    const result = await run({ event, actor: 'ron', inputs: { agent: 'sorter' } });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('ron has read; to start needs write');
  });

  it('starts nothing on a re-run by a person without access', async () => {
    const { number, event } = await world.labelledIssue();
    const result = await run({ event, triggeringActor: 'ron' });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('ron has read; to start needs write');
    expect(world.issue(number).comments).toEqual([]);
  });

  it('fails for an agent that there is not', async () => {
    const { event } = await world.labelledIssue();
    const result = await run({ event, inputs: { agent: 'sortr' } });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('Did you mean `sorter`?');
  });

  it('names the input that it cannot use', async () => {
    const { event } = await world.labelledIssue();
    const result = await run({ event, inputs: { state: 'branch' } });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('::error::Input `state`: expected');
  });

  it('leaves a subject alone that Muster works on as an App', async () => {
    const { number, event } = await world.labelledIssue();
    const { app } = world.simulator.createApp({
      name: 'muster',
      owner: 'acme',
      permissions: { issues: 'write', metadata: 'read' },
      events: [],
    });
    world.comment(number, app.bot, 'Working.\n\n<!-- muster:run=r_aaaaaaaaaaaa -->');
    const result = await run({ event });
    expect(result.exitCode).toBe(0);
    expect(result.log).toContain('muster[bot] is installed here as an App');
    expect(world.issue(number).comments).toHaveLength(1);
  });

  it('ends the run with the job that is cancelled, and shows it', async () => {
    const { number, event } = await world.labelledIssue();
    provider.play(SORTED);
    const hung = provider.hang();
    const onStarted: Step['onStarted'] = (child) => void hung.then(() => child.kill('SIGINT'));
    const result = await run({ event, onStarted });
    expect(result.outputs['state']).toBe('cancelled');
    expect(world.issue(number).comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('cancelled by the workflow'),
    ]);
  });

  it('says which permission the token lacks', async () => {
    const { event } = await world.labelledIssue();
    provider.play(SORTED);
    const token = world.simulator.actionsToken(REPOSITORY, { contents: 'read', metadata: 'read' });
    const result = await run({ event, inputs: { 'github-token': token } });
    expect(result.exitCode).toBe(1);
    expect(result.log).toMatch(/::error::.*The job needs `permissions:`/);
    expect(result.log).not.toContain(token);
  });
});

describe.skipIf(SERVER === undefined)('the Action on a database', () => {
  it('waits for a person, and a later job goes on', async () => {
    const { number, event } = await world.labelledIssue();
    const database = await createDatabase(SERVER ?? '');
    const inputs = { 'database-url': database.url };
    provider.play([...SORTED, { tool: 'propose_close', args: { reason: 'not_planned' } }]);
    const first = await run({ event, inputs });
    expect(first).toMatchObject({ exitCode: 0, outputs: { state: 'waiting' } });
    expect(world.issue(number).state).toBe('open');
    world.simulator.as('ada').comment(REPOSITORY, number, '/approve');
    const second = await run({ event: world.lastEvent('issue_comment'), inputs, runId: 7_000_000_002 });
    expect(second).toMatchObject({
      exitCode: 0,
      outputs: { state: 'done', 'run-id': first.outputs['run-id'] },
    });
    expect(world.issue(number).state).toBe('closed');
    await database.drop();
  });

  it('refuses one that other repositories use', async () => {
    const { event } = await world.labelledIssue();
    const database = await createDatabase(SERVER ?? '');
    provider.play(SORTED);
    await run({ event, inputs: { 'database-url': database.url } });
    const other = await world.simulator.createRepository({ owner: 'acme', name: 'other' });
    await world.simulator.as('ada').openIssue('acme/other', { title: 'Hello' });
    const result = await run({
      event: world.lastEvent('issues'),
      repository: { id: other.id, name: 'acme/other' },
      inputs: {
        'github-token': world.simulator.actionsToken('acme/other', { issues: 'write', metadata: 'read' }),
        'database-url': database.url,
      },
    });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('other repositories use this database');
    await database.drop();
  });
});

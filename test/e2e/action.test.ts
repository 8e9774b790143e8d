import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildBundle, type Bundle } from './action/bundle.ts';
import { startProvider, type Provider } from './action/provider.ts';
import { runStep, type StepResult } from './action/runner.ts';
import { createWorld, REPOSITORY, type World } from './action/world.ts';

const KEY = 'key-0123456789abcdef0123456789';
const EVIDENCE = 'The sum of two and two is zero';

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

interface Given {
  event: { name: string; payload: unknown };
  inputs?: Record<string, string>;
  actor?: string;
  triggeringActor?: string;
  env?: Record<string, string>;
}

async function run({
  event,
  inputs = {},
  actor = 'ada',
  triggeringActor,
  env = {},
}: Given): Promise<StepResult> {
  const result = await runStep({
    main: bundle.main,
    apiUrl: world.simulator.url,
    repository: { id: world.repositoryId, name: REPOSITORY },
    event,
    actor: { id: world.userId(actor), login: actor },
    ...(triggeringActor === undefined ? {} : { triggeringActor }),
    inputs: {
      'github-token': world.token,
      'openai-compatible-base-url': provider.url,
      'openai-compatible-api-key': KEY,
      ...inputs,
    },
    env,
  });
  expect(result.log).not.toContain(world.token);
  expect(result.log).not.toContain(KEY);
  return result;
}

async function labelledIssue(label = 'agent:sorter') {
  const ada = world.simulator.as('ada');
  const { number } = await ada.openIssue(REPOSITORY, { title: 'sum is wrong', body: `${EVIDENCE}.` });
  await ada.label(REPOSITORY, number, 'bug', label);
  await ada.unlabel(REPOSITORY, number, 'bug');
  return { number, event: { name: 'issues', payload: labeledPayload(label) } };
}

/** The newest `issues.labeled` of that label. */
function labeledPayload(label: string): unknown {
  return world.events.findLast(
    ({ name, payload }) =>
      name === 'issues' && payload.action === 'labeled' && (payload.label as { name: string }).name === label,
  )?.payload;
}

const SORTED = [
  { tool: 'propose_labels', args: { add: ['bug'] } },
  { tool: 'propose_comment', args: { body: `${EVIDENCE}: \`sum\` subtracts.` } },
];

describe('the Action', () => {
  it('publishes what an agent proposes on a labelled issue, and tells the job', async () => {
    const { number, event } = await labelledIssue();
    provider.play(SORTED);
    const result = await run({ event });
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
    const { number, event } = await labelledIssue();
    provider.play([...SORTED, { tool: 'propose_close', args: { reason: 'not_planned' } }]);
    const result = await run({ event });
    expect(result).toMatchObject({ exitCode: 0, outputs: { state: 'done' } });
    expect(world.issue(number)).toMatchObject({ state: 'open', labels: ['bug'] });
    expect(result.log).toContain("1 of the proposals need a person's approval");
    expect(result.summary).toContain('need a person');
  });

  it('fails where all that it could publish waits', async () => {
    const { number, event } = await labelledIssue();
    provider.play([{ tool: 'propose_close', args: { reason: 'not_planned' } }]);
    const result = await run({ event });
    expect(result).toMatchObject({ exitCode: 1, outputs: { state: 'failed' } });
    expect(world.issue(number).state).toBe('open');
  });

  it('shows each proposal of a dry run and publishes none', async () => {
    const { number, event } = await labelledIssue();
    provider.play(SORTED);
    const result = await run({ event, inputs: { 'dry-run': 'true' } });
    expect(result).toMatchObject({ exitCode: 0, outputs: { state: 'done' } });
    expect(world.issue(number).labels).toEqual([]);
    expect(world.issue(number).comments).toHaveLength(1);
    expect(result.summary).toContain('`sum` subtracts.');
  });

  it('keeps a run within the budget of its input', async () => {
    const { event } = await labelledIssue();
    provider.play(SORTED);
    const result = await run({ event, inputs: { 'budget-usd': '0.000001' } });
    expect(result).toMatchObject({ exitCode: 1, outputs: { state: 'failed', 'cost-usd': '0' } });
    expect(result.log).toContain("the run's cap");
  });

  it('refuses without a key, in words that help', async () => {
    const { event } = await labelledIssue();
    const without = { 'openai-compatible-base-url': '', 'openai-compatible-api-key': '' };
    const result = await run({ event, inputs: without });
    expect(result).toMatchObject({ exitCode: 1, outputs: { state: 'refused' } });
    expect(result.log).toMatch(/::error::sorter refused: .*compatible/);
  });

  it('ends well where the event asks for nothing, and says why', async () => {
    await labelledIssue();
    const result = await run({ event: world.lastEvent('issues') });
    expect(result).toMatchObject({ exitCode: 0, outputs: { state: '', 'run-id': '' } });
    expect(result.log).toMatch(/::notice title=Muster had nothing to do::ignored: /);
  });

  it('fails where a person without access asks', async () => {
    const { event } = await labelledIssue();
    const result = await run({ event, actor: 'ron', inputs: { agent: 'sorter' } });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('ron has read; to start needs write');
  });

  it('starts nothing on a re-run by a person without access', async () => {
    const { number, event } = await labelledIssue();
    const result = await run({ event, triggeringActor: 'ron' });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('ron has read; to start needs write');
    expect(world.issue(number).comments).toEqual([]);
  });

  it('fails for an agent that there is not', async () => {
    const { event } = await labelledIssue();
    const result = await run({ event, inputs: { agent: 'sortr' } });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('Did you mean `sorter`?');
  });

  it('names the input that it cannot use', async () => {
    const { event } = await labelledIssue();
    const result = await run({ event, inputs: { state: 'branch' } });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('::error::Input `state`: expected');
  });

  it('leaves a subject alone that Muster works on as an App', async () => {
    const { number, event } = await labelledIssue();
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

  it('does not touch the database of the job that it runs in', async () => {
    const { event } = await labelledIssue();
    provider.play(SORTED);
    const result = await run({ event, env: { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/none', PORT: 'x' } });
    expect(result.exitCode).toBe(0);
  });

  it('says which permission the token lacks', async () => {
    const { event } = await labelledIssue();
    provider.play(SORTED);
    const token = world.simulator.actionsToken(REPOSITORY, { contents: 'read', metadata: 'read' });
    const result = await run({ event, inputs: { 'github-token': token } });
    expect(result.exitCode).toBe(1);
    expect(result.log).toMatch(/::error::.*The job needs `permissions:`/);
    expect(result.log).not.toContain(token);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as gate from './support/gate-table.ts';
import type { Row, Table } from './support/gate-table.ts';
import { REPOSITORY, type Scene } from './support/scene.ts';

/* PRODUCT.md section 5, the table of kinds: what is on GitHub before anybody approves. */

const DEPLOY = `on:
  workflow_dispatch: { inputs: { place: { required: true } } }
  issues: { types: [labeled] }
jobs:
  a:
    if: github.event.label.name == 'wontfix'
`;

/** In the agent file, which allows no other labels and no other workflow. */
const LISTED = '{ labels: { max: 2, allow: [bug, wontfix] }, dispatch: { max: 1, allow: [idle.yml] } }';

const isStarted: Row['isThere'] = ({ world }) => world.repository.workflowDispatches.length > 0;

const PUBLISHED: Record<string, Row> = {
  'a comment': { name: 'commenter', calls: [gate.comment], isThere: gate.isCommented },
  'a comment on what a stranger wrote': {
    name: 'tainted-commenter',
    calls: [gate.comment],
    author: 'mallory',
    isThere: gate.isCommented,
  },
  'no more of a kind than the agent file allows': {
    name: 'twice',
    calls: [gate.comment, gate.comment],
    isThere: (scene, number) =>
      scene.answers(number).length === 1 &&
      scene.tracking(number)?.body.includes('allows 1 of comment in a run') === true,
  },
  'labels of its list, whoever wrote what it read, and one to which a workflow reacts': {
    name: 'lister',
    outputs: LISTED,
    calls: [gate.label('bug', 'wontfix')],
    author: 'mallory',
    isThere: (scene, number) => scene.issue(number).labels.join() === 'bug,wontfix',
  },
  'of several labels those of its list alone': {
    name: 'straying',
    outputs: LISTED,
    calls: [gate.label('question'), gate.label('agent:agent-0'), gate.label('bug')],
    isThere: (scene, number) => scene.issue(number).labels.join() === 'bug',
  },
  'a label of the repository, without a list': {
    name: 'labeller',
    calls: [gate.label('question')],
    isThere: gate.isLabelled('question'),
  },
  'a review that only comments, after a stranger’s words': {
    name: 'reviewer',
    calls: [gate.review('COMMENT')],
    on: 'fork',
    author: 'mallory',
    isThere: gate.isReviewed('COMMENTED'),
  },
  notes: {
    name: 'keeper',
    calls: [gate.note('Shares of the keeper are cents.')],
    isThere: async (scene, number) =>
      /are cents(?!.*quarantine)/.test(await remembered(scene, number, 'keeper')),
  },
  'notes after a stranger’s words, in quarantine': {
    name: 'tainted-keeper',
    calls: [gate.note('Shares of the gullible are dollars.')],
    author: 'mallory',
    isThere: async (scene, number) =>
      /are dollars.*in quarantine/.test(await remembered(scene, number, 'gullible')),
  },
};

const APPROVED: Record<string, Row> = {
  'a review that requests changes': {
    name: 'refuser',
    calls: [gate.review('REQUEST_CHANGES')],
    on: 'pull_request',
    because: 'CHANGES waits for a person',
    isThere: gate.isReviewed('CHANGES_REQUESTED'),
  },
  'a review that approves': {
    name: 'approver',
    calls: [gate.review('APPROVE')],
    on: 'pull_request',
    because: 'APPROVE waits for a person',
    isThere: gate.isReviewed('APPROVED'),
  },
  'an issue, which the agent file can’t loosen': {
    name: 'opener',
    extra: '  gate: publish\n',
    calls: [gate.issue('Another of opener')],
    because: '`issue` waits for a person',
    isThere: gate.isOpened('Another of opener'),
  },
  'an assignment': {
    name: 'assigner',
    calls: [gate.assign],
    because: '`assign` waits for a person',
    isThere: gate.isAssigned,
  },
  'a closing': {
    name: 'closer',
    calls: [gate.close],
    because: '`close` waits for a person',
    isThere: gate.isClosed,
  },
  'a workflow with an input that it declares, on the default branch': {
    name: 'starter',
    calls: [gate.dispatch('deploy.yml', { place: 'here' })],
    because: '`dispatch` waits for a person',
    isThere: ({ world }) =>
      world.repository.workflowDispatches.some(
        ({ path, ref, inputs }) =>
          path.endsWith('/deploy.yml') && /^(refs\/heads\/)?main$/.test(ref) && inputs['place'] === 'here',
      ),
  },
  'a label to which a workflow reacts': {
    name: 'deployer',
    calls: [gate.label('wontfix')],
    because: '`wontfix` is named in a workflow',
    isThere: gate.isLabelled('wontfix'),
  },
  'a label that the repository does not have': {
    name: 'inventor',
    calls: [gate.label('nonesuch')],
    because: 'the repository has no label `nonesuch`',
    isThere: gate.isLabelled('nonesuch'),
  },
  'what the agent file tightens': {
    name: 'modest',
    extra: '  gate: approve\n',
    calls: [gate.comment],
    because: 'the agent file asks for a person',
    isThere: gate.isCommented,
  },
  'the one kind that the agent file tightens': {
    name: 'shy',
    extra: '  gate: { labels: approve }\n',
    calls: [gate.comment, gate.label('question')],
    because: 'the agent file asks for a person',
    isThere: async (scene, number) => {
      await scene.until('its comment', () => gate.isCommented(scene, number));
      return gate.isLabelled('question')(scene, number);
    },
  },
  'a pull request that the agent file tightens, as a branch': {
    name: 'hider',
    extra: '  gate: approve\n',
    tools: '[edit]',
    calls: gate.changes('HIDDEN.md'),
    because: 'the agent file asks for a person',
    isThere: gate.isBranched,
  },
};

const REFUSED: Record<string, Row> = {
  'a label that starts an agent': {
    name: 'chainer',
    calls: [gate.label('agent:agent-0')],
    because: 'without proposing anything',
    isThere: gate.isLabelled('agent:agent-0'),
  },
  'a workflow that its file does not allow': {
    name: 'stray-starter',
    outputs: LISTED,
    calls: [gate.dispatch('deploy.yml', { place: 'stray' })],
    because: 'without proposing anything',
    isThere: isStarted,
  },
  'a workflow with an input that it does not declare': {
    name: 'undeclared-starter',
    calls: [gate.dispatch('deploy.yml', { place: 'there', time: 'now' })],
    because: 'declares no input `time`',
    isThere: isStarted,
  },
  'a workflow that nobody can start': {
    name: 'idle-starter',
    calls: [gate.dispatch('idle.yml')],
    because: 'no `workflow_dispatch`',
    isThere: isStarted,
  },
  'nothing, for want of a fact': {
    name: 'lacking',
    calls: [['missing', { what: 'the log', why: 'nobody gave it' }]],
    because: 'missing the log: nobody gave it',
    isThere: gate.isCommented,
  },
};

const IDLE: Row = {
  name: 'idler',
  calls: [['noop', { reason: 'it is fine' }]],
  on: 'pull_request',
  isThere: gate.isReviewed('COMMENTED'),
};

let table: Table;
beforeAll(async () => {
  table = await gate.openTable([IDLE, ...[PUBLISHED, REFUSED, APPROVED].flatMap(Object.values<Row>)], {
    config: 'agents: { triager: { enabled: false } }\n',
    files: { '.github/workflows/deploy.yml': DEPLOY, '.github/workflows/idle.yml': 'on: push\njobs: {}\n' },
  });
});
afterAll(async () => table.scene.close());

/** What `/memory` answers there. */
async function remembered(scene: Scene, number: number, query: string): Promise<string> {
  scene.simulator.as('ada').comment(REPOSITORY, number, `/memory ${query}`);
  return scene.until('the answer', () => scene.answers(number).at(-1));
}

describe('at once', () => {
  it.each(Object.entries(PUBLISHED))('%s', async (_, row) => {
    expect(await table.comesToRest(row)).toMatchObject({ state: 'done', isThere: true });
  });
});

describe('never', () => {
  it.each(Object.entries(REFUSED))('%s', async (_, row) => {
    const body = expect.stringContaining(row.because ?? '');
    expect(await table.comesToRest(row)).toEqual({ state: 'failed', body, isThere: false });
  });
});

describe('after an approval only', () => {
  it.concurrent.each(Object.entries(APPROVED))('%s', async (_, row) => {
    const body = expect.stringContaining(row.because ?? '');
    const { before, after } = await table.approve(row);
    expect(before).toEqual({ state: 'waiting', body, isThere: false });
    expect(after).toMatchObject({ state: 'done', isThere: true });
  });
});

describe('a run that has nothing to do', () => {
  it('is done, with a neutral judge, and nothing waits', async () => {
    const body = expect.stringContaining('it is fine');
    expect(await table.comesToRest(IDLE)).toEqual({ state: 'done', body, isThere: false });
    const head = table.scene.issue(table.subjectOf(IDLE)).pull?.head.sha ?? '';
    expect(table.scene.check(head, 'muster/judge')?.conclusion).toBe('neutral');
    expect(table.scene.check(head, 'muster/gate')).toMatchObject({
      conclusion: 'success',
      output: { title: 'Nothing waits' },
    });
  });
});

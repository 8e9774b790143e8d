import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CassetteReply } from '../../src/simulator/cassette.ts';
import type { Json } from '../../src/domain/json.ts';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

/** PRODUCT.md section 5, row by row: what an agent proposes, and what of it is on GitHub before anybody approves. */
interface Row {
  agent: string;
  outputs: string;
  /** In the agent file, under `muster:`. */
  extra?: string;
  calls: [name: string, args: Json][];
  judged?: (agent: string) => CassetteReply;
  /** Who wrote what the agent reads. */
  author?: string;
  on?: 'pull_request';
  /** Whether it is on GitHub, for that issue or pull request. */
  isThere: (number: number) => boolean | Promise<boolean>;
}

const SAID = 'It fails on Tuesdays.';
const WORKFLOW =
  "on:\n  workflow_dispatch:\n  issues: { types: [labeled] }\njobs:\n  a:\n    if: github.event.label.name == 'wontfix'\n";
const comment: Row['calls'][number] = ['propose_comment', { body: SAID }];

const isCommented = (number: number) => scene.answers(number).some((body) => body.startsWith(SAID));
const isLabelled = (label: string) => (number: number) => scene.issue(number).labels.includes(label);
const isReviewed = (state: string) => (number: number) =>
  scene.issue(number).pull?.reviews.some((review) => review.state === state) === true;

const PUBLISHED: Record<string, Row> = {
  'a comment': { agent: 'commenter', outputs: '{ comment: 1 }', calls: [comment], isThere: isCommented },
  'a comment on what a stranger wrote': {
    agent: 'tainted-commenter',
    outputs: '{ comment: 1 }',
    calls: [comment],
    author: 'mallory',
    isThere: isCommented,
  },
  'labels of its list, whoever wrote what it read': {
    agent: 'lister',
    outputs: '{ labels: { max: 1, allow: [bug] } }',
    calls: [['propose_labels', { add: ['bug'] }]],
    author: 'mallory',
    isThere: isLabelled('bug'),
  },
  'a label of the repository, without a list': {
    agent: 'labeller',
    outputs: '{ labels: 1 }',
    calls: [['propose_labels', { add: ['question'] }]],
    isThere: isLabelled('question'),
  },
  'a review that only comments': {
    agent: 'reviewer',
    outputs: '{ review: 1 }',
    calls: [['propose_review', { event: 'COMMENT', body: SAID }]],
    on: 'pull_request',
    isThere: isReviewed('COMMENTED'),
  },
};

const APPROVED: Record<string, Row> = {
  'a review that requests changes': {
    agent: 'refuser',
    outputs: '{ review: 1 }',
    calls: [['propose_review', { event: 'REQUEST_CHANGES', body: SAID }]],
    on: 'pull_request',
    isThere: isReviewed('CHANGES_REQUESTED'),
  },
  'an issue': {
    agent: 'opener',
    outputs: '{ issue: 1 }',
    calls: [['propose_issue', { title: 'Another of opener', body: SAID }]],
    isThere: () =>
      [...scene.world.repository.issues.values()].some(({ title }) => title === 'Another of opener'),
  },
  'an assignment': {
    agent: 'assigner',
    outputs: '{ assign: 1 }',
    calls: [['propose_assign', { logins: ['grace'] }]],
    isThere: (number) => scene.issue(number).assignees.length === 1,
  },
  'a closing': {
    agent: 'closer',
    outputs: '{ close: 1 }',
    calls: [['propose_close', { reason: 'not_planned' }]],
    isThere: (number) => scene.issue(number).state === 'closed',
  },
  'a workflow': {
    agent: 'starter',
    outputs: '{ dispatch: { max: 1, allow: [deploy.yml] } }',
    calls: [['propose_dispatch', { workflow: 'deploy.yml' }]],
    isThere: () => scene.world.repository.workflowDispatches.length === 1,
  },
  'a label to which a workflow reacts': {
    agent: 'deployer',
    outputs: '{ labels: 1 }',
    calls: [['propose_labels', { add: ['wontfix'] }]],
    isThere: isLabelled('wontfix'),
  },
  'labels without a list, after a stranger’s words': {
    agent: 'tainted-labeller',
    outputs: '{ labels: 1 }',
    calls: [['propose_labels', { add: ['question'] }]],
    author: 'mallory',
    isThere: isLabelled('question'),
  },
  'anything below the judge’s threshold': {
    agent: 'failing',
    outputs: '{ comment: 1 }',
    calls: [comment],
    judged: (agent) => verdict(agent, ['asked'], 0.4, SAID),
    isThere: isCommented,
  },
  'anything without a verdict': {
    agent: 'unjudged',
    outputs: '{ comment: 1 }',
    calls: [comment],
    judged: (agent) => {
      const judged = verdict(agent, ['asked'], 0.9, SAID);
      return { ...judged, reply: { ...judged.reply, text: 'It is fine, I think.' } };
    },
    isThere: isCommented,
  },
  'evidence that the material does not have': {
    agent: 'misquoted',
    outputs: '{ comment: 1 }',
    calls: [comment],
    judged: (agent) => verdict(agent, ['asked'], 0.9, 'Nobody wrote this.'),
    isThere: isCommented,
  },
  'what the agent file tightens': {
    agent: 'modest',
    outputs: '{ comment: 1 }',
    extra: '  gate: approve\n',
    calls: [comment],
    isThere: isCommented,
  },
  'a protected path, as a branch': {
    agent: 'upgrader',
    outputs: '{ pull_request: 1 }',
    calls: [
      ['write_file', { path: 'package-lock.json', content: '{}\n' }],
      ['propose_pull_request', { title: 'Lock', body: SAID }],
    ],
    isThere: async () =>
      (await scene.world.repository.git.listRefs('refs/heads/muster/upgrader')).length === 1,
  },
};

const ROWS = [...Object.values(PUBLISHED), ...Object.values(APPROVED)];

let scene: Scene;
const subjects = new Map<string, number>();

beforeAll(async () => {
  const files = ROWS.map((row) => [
    `.github/agents/${row.agent}.md`,
    agentFile(row.agent, row.outputs, row.extra),
  ]);
  scene = await openScene({
    files: {
      '.github/muster.yml': 'agents: { triager: { enabled: false } }\n',
      '.github/workflows/deploy.yml': WORKFLOW,
      ...Object.fromEntries(files),
    },
    cassette: cassetteOf(
      ...ROWS.flatMap(({ agent, calls, judged = (name) => verdict(name, ['asked'], 0.9, SAID) }) => [
        turn(agent, 0, calls),
        turn(agent, 1, []),
        judged(agent),
      ]),
    ),
  });
  for (const row of ROWS) subjects.set(row.agent, await ask(row));
});
afterAll(async () => scene.close());

async function ask({ agent, author = 'ada', on }: Row): Promise<number> {
  const ada = scene.simulator.as('ada');
  const title = `For ${agent}`;
  if (on === 'pull_request') await ada.push(REPOSITORY, agent, { [`${agent}.md`]: `${SAID}\n` });
  const { number } =
    on === 'pull_request'
      ? await ada.openPullRequest(REPOSITORY, { title, body: SAID, head: agent })
      : await scene.simulator.as(author).openIssue(REPOSITORY, { title, body: SAID });
  await ada.label(REPOSITORY, number, `agent:${agent}`);
  return number;
}

const subjectOf = ({ agent }: Row): number => subjects.get(agent) ?? 0;

describe('at once', () => {
  it.each(Object.entries(PUBLISHED))('%s', async (_, row) => {
    const number = subjectOf(row);
    await scene.reaches(number, 'done');
    expect(await row.isThere(number)).toBe(true);
  });
});

describe('after an approval only', () => {
  it.each(Object.entries(APPROVED))('%s', async (_, row) => {
    const number = subjectOf(row);
    await scene.reaches(number, 'waiting');
    expect(await row.isThere(number)).toBe(false);
    scene.simulator.as('mallory').comment(REPOSITORY, number, '/approve');
    scene.simulator.as('grace').comment(REPOSITORY, number, '/approve');
    await scene.reaches(number, 'done');
    expect(await row.isThere(number)).toBe(true);
  });
});

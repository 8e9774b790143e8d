import { chmod } from 'node:fs/promises';
import os from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeSandbox } from '../../src/adapters/sandbox/sandbox.ts';
import * as gate from './support/gate-table.ts';
import { SAID, type Row, type Table } from './support/gate-table.ts';
import { verdict, type Call } from './support/replies.ts';
import { REPOSITORY, type Scene } from './support/scene.ts';

/* PRODUCT.md section 5, "Always `approve`, whatever the configuration": it loosens all that it can here. */

const CONFIG = `agents:
  triager: { enabled: false }
  quiet: { autonomy: comment-only }
gate: { comment: publish, review: publish, labels: publish, assign: publish, issue: publish, pull_request: publish, close: block }
protected: [prices]
`;

const PROTECTED = [
  '.github/labeler.yml',
  'docs/CODEOWNERS',
  'package.json',
  'tools/Cargo.lock',
  'AGENTS.md',
  'agents/mine.md',
  'prices/list.csv',
];

const sandbox = await probeSandbox({ scratchFolder: os.tmpdir() });
const STRANGE = 'people who may not instruct it';

/** An assignment, of an agent that calls this before. */
const assigner = (name: string, before: NonNullable<Row['before']>): Row => ({
  name,
  tools: '[read]',
  calls: [gate.assign],
  before,
  because: STRANGE,
  isThere: gate.isAssigned,
});

async function strangerEdits({ simulator }: Scene, number: number): Promise<Call[]> {
  simulator.setRole(REPOSITORY, 'mallory', 'write');
  await simulator.as('mallory').editIssue(REPOSITORY, number, { body: `${SAID} Do as I say.` });
  simulator.setRole(REPOSITORY, 'mallory', null);
  return [];
}

const PUBLISHED: Record<string, Row> = {
  'an issue': {
    name: 'free-opener',
    calls: [gate.issue('Another of free-opener')],
    isThere: gate.isOpened('Another of free-opener'),
  },
  'a pull request, ready': {
    name: 'free-writer',
    tools: '[edit]',
    calls: gate.changes('FREE.md'),
    isThere: (scene, number) => scene.pullRequestOf(number)?.pull?.isDraft === false,
  },
  'a review that approves': {
    name: 'free-approver',
    calls: [gate.review('APPROVE')],
    on: 'pull_request',
    isThere: gate.isReviewed('APPROVED'),
  },
  'an assignment, of a run that read words of who may instruct it': assigner(
    'free-assigner',
    ({ simulator }, number) => {
      simulator.as('grace').comment(REPOSITORY, number, 'It is mine.');
      return [['read_issue', {}]];
    },
  ),
};

const PROTECTED_ROW: Row = {
  name: 'upgrader',
  tools: '[edit]',
  calls: gate.changes('PLAIN.md', ...PROTECTED),
  because: 'is protected',
  isThere: gate.isBranched,
};

const APPROVED: Record<string, Row> = {
  'anything below the judge’s threshold': {
    name: 'failing',
    calls: [gate.comment],
    judged: (agent) => verdict(agent, ['asked'], 0.4, SAID),
    because: "the judge's score 0.40 is below 0.70",
    isThere: gate.isCommented,
  },
  'anything without a verdict': {
    name: 'unjudged',
    calls: [gate.comment],
    judged: (agent) => {
      const judged = verdict(agent, ['asked'], 0.9, SAID);
      return { ...judged, reply: { ...judged.reply, text: 'It is fine, I think.' } };
    },
    because: 'there is no verdict',
    isThere: gate.isCommented,
  },
  'evidence that the material does not have': {
    name: 'misquoted',
    calls: [gate.comment],
    judged: (agent) => verdict(agent, ['asked'], 0.9, 'Nobody wrote this.'),
    because: "the judge's score 0.00 is below 0.70",
    isThere: gate.isCommented,
  },
  'a run that cost more than its quote’s P90': {
    name: 'dear',
    calls: [gate.comment],
    maxTurns: 2,
    outputTokens: 10_000,
    because: 'the run cost more than its quote',
    isThere: gate.isCommented,
  },
  'all but comments and notes of an agent on `comment-only`': {
    agent: 'quiet',
    name: 'quiet',
    calls: [gate.label('question')],
    because: 'the agent is on `comment-only`',
    isThere: gate.isLabelled('question'),
  },
  'protected paths': PROTECTED_ROW,
  'labels without a list, of a run on what a stranger wrote': {
    name: 'tainted-labeller',
    calls: [gate.label('question')],
    author: 'mallory',
    because: STRANGE,
    isThere: gate.isLabelled('question'),
  },
  'a pull request, of a run on what a stranger wrote': {
    name: 'tainted-writer',
    tools: '[edit]',
    calls: gate.changes('STRANGE.md'),
    author: 'mallory',
    because: STRANGE,
    isThere: gate.isBranched,
  },
  'a review that approves, of a run on what a stranger wrote': {
    name: 'tainted-approver',
    calls: [gate.review('APPROVE')],
    on: 'fork',
    author: 'mallory',
    because: STRANGE,
    isThere: gate.isReviewed('APPROVED'),
  },
  'an assignment, of a run on what a stranger edited last': assigner('edited-assigner', strangerEdits),
  'an assignment, of a run that read a stranger’s comment': assigner(
    'told-assigner',
    ({ simulator }, number) => {
      simulator.as('mallory').comment(REPOSITORY, number, 'Do as I say.');
      return [['read_issue', {}]];
    },
  ),
  'an assignment, of a run that read files of a fork': {
    ...assigner('fork-assigner', () => [['read_file', { path: 'README.md' }]]),
    on: 'fork',
  },
  'an assignment, of a run that read a log of CI': {
    ...assigner('log-assigner', async ({ simulator, issue }, number) => {
      const headSha = issue(number).pull?.head.sha ?? '';
      const failed = { name: 'test', headSha, conclusion: 'failure', log: 'not ok 1' } as const;
      const { id } = await simulator.reportCheck(REPOSITORY, failed);
      return [['read_check_log', { check_run_id: id }]];
    }),
    on: 'pull_request',
  },
};

const COMMANDS: Record<string, Row> = {
  'files that only a command changed': {
    name: 'maker',
    tools: '[execute]',
    calls: [['run_command', { command: `echo '${SAID}' > MADE.md` }], gate.pullRequest],
    because: '`MADE.md` was changed by a command alone',
    isThere: gate.isBranched,
  },
  'what a run proposes that read the output of a fork’s code': {
    name: 'output-reader',
    tools: '[execute]',
    calls: [['run_command', { command: 'cat README.md' }], gate.assign],
    on: 'fork',
    because: STRANGE,
    isThere: gate.isAssigned,
  },
};

const BLOCKED: Row = {
  name: 'closer',
  calls: [gate.close],
  isThere: gate.isClosed,
};

let table: Table;
beforeAll(async () => {
  const groups = [PUBLISHED, APPROVED, sandbox === null ? {} : COMMANDS];
  table = await gate.openTable([BLOCKED, ...groups.flatMap(Object.values<Row>)], {
    config: CONFIG,
    prepare: async ({ environment, down, up }) => {
      if (sandbox === null) return;
      await down();
      // Where Muster runs as root, commands run as nobody, who has to pass.
      await chmod(environment.dataDirectory, 0o711);
      await up();
    },
  });
});
afterAll(async () => table.scene.close());

describe('where the configuration loosens the gate, a person is not asked about', () => {
  it.each(Object.entries(PUBLISHED))('%s', async (_, row) => {
    expect(await table.comesToRest(row)).toMatchObject({ state: 'done', isThere: true });
  });
});

describe('whatever the configuration, a person is asked about', () => {
  it.each(PROTECTED)('%s', async (path) => {
    const body = expect.stringContaining(`\`${path}\` is protected`);
    expect(await table.comesToRest(PROTECTED_ROW)).toMatchObject({ state: 'waiting', body });
  });

  it.concurrent.each(Object.entries(APPROVED))('%s', async (_, row) => {
    const body = expect.stringContaining(row.because ?? '');
    const { before, after } = await table.approve(row);
    expect(before).toEqual({ state: 'waiting', body, isThere: false });
    expect(after).toMatchObject({ state: 'done', isThere: true });
  });
});

describe.skipIf(sandbox === null)('and about commands (skipped where bubblewrap cannot start):', () => {
  it.concurrent.each(Object.entries(COMMANDS))('%s', async (_, row) => {
    const body = expect.stringContaining(row.because ?? '');
    const { before, after } = await table.approve(row);
    expect(before).toEqual({ state: 'waiting', body, isThere: false });
    expect(after).toMatchObject({ state: 'done', isThere: true });
  });
});

describe('a kind that the configuration blocks', () => {
  it('is asked of nobody', async () => {
    const body = expect.stringContaining('nothing could be published');
    expect(await table.comesToRest(BLOCKED)).toEqual({ state: 'failed', body, isThere: false });
  });
});

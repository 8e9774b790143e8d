import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import { agentFile, cassetteOf, turn, verdict, type Call } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PULL = { title: 'Say it', body: 'It was not written down.' };
const PROPOSED: Call[] = [
  ['write_file', { path: 'SAID.md', content: 'Said.\n' }],
  ['propose_pull_request', PULL],
];
const REFUSAL: Call = ['propose_review', { event: 'REQUEST_CHANGES', body: PULL.body, comments: [] }];
const MISSING: Call = ['missing', { what: 'a fact', why: 'nobody said' }];
/** What an agent that misses a fact waits for. */
const FACT = 'The fact is this.';

/** The agent whose next request fails for good. */
let failing: string | null = null;
/** Requests to models so far, by agent. */
const asked: string[] = [];

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    onModelRequest: ({ agent, purpose }) => {
      asked.push(`${purpose} ${agent}`);
      if (failing !== agent) return;
      failing = null;
      throw new MusterError('model_authentication', 'the key is refused');
    },
    files: {
      '.github/muster.yml': 'agents: { triager: { enabled: false } }\n',
      '.github/agents/looker.md': agentFile('looker', '{ comment: 1 }'),
      '.github/agents/refuser.md': agentFile('refuser', '{ review: 1 }'),
      '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1 }'),
      '.github/agents/steady.md': agentFile('steady', '{ pull_request: 1 }'),
    },
    cassette: cassetteOf(
      turn('looker', 0, [['list_files', {}]]),
      turn('looker', 1, [MISSING]),
      turn('looker', 2, []),
      { ...turn('refuser', 0, [REFUSAL]), expects: [FACT] },
      turn('refuser', 0, [MISSING]),
      turn('refuser', 1, []),
      verdict('refuser', ['asked'], 0.9, PULL.body),
      { ...turn('writer', 0, PROPOSED), expects: [FACT] },
      turn('writer', 0, [MISSING]),
      turn('writer', 1, []),
      verdict('writer', ['asked'], 0.9, PULL.body),
      turn('steady', 0, PROPOSED),
      turn('steady', 1, []),
      turn('steady', 2, [['edit_file', { path: 'SAID.md', search: 'Said.', replace: 'Said twice.' }]]),
      turn('steady', 3, [['propose_pull_request', PULL]]),
      turn('steady', 4, []),
      verdict('steady', ['asked'], 0.9, PULL.body),
    ),
  });
});
afterAll(async () => scene.close());

const ada = () => scene.simulator.as('ada');
const grace = () => scene.simulator.as('grace');

async function issueFor(agent: string, author = 'ada'): Promise<number> {
  const { number } = await scene.simulator
    .as(author)
    .openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
  await ada().label(REPOSITORY, number, `agent:${agent}`);
  return number;
}

const conclusionsOn = (head: string) =>
  ['judge', 'cost', 'gate'].map((name) => scene.check(head, `muster/${name}`)?.conclusion);

describe('a retry', () => {
  it('asks a model for nothing that is recorded, and for the rest once', async () => {
    failing = 'looker';
    const issue = await issueFor('looker');
    await scene.reaches(issue, 'failed');
    const before = asked.length;
    ada().comment(REPOSITORY, issue, '/retry');
    await scene.until('the honest end', () => scene.tracking(issue)?.body.includes('failed: missing'));
    await scene.simulator.settled();
    expect(asked.slice(before)).toEqual(['work looker', 'work looker', 'work looker']);
  });

  it('shows its checks on the head that it reads, and its first showing is no change', async () => {
    await ada().push(REPOSITORY, 'theirs', { 'MINE.md': 'Mine.\n' });
    const { number: pull } = await ada().openPullRequest(REPOSITORY, {
      title: 'Mine',
      body: 'x',
      head: 'theirs',
    });
    await ada().label(REPOSITORY, pull, 'agent:refuser');
    await scene.reaches(pull, 'failed');
    await grace().push(REPOSITORY, 'theirs', { 'MORE.md': 'More.\n' });
    const head = scene.issue(pull).pull?.head.sha ?? '';
    await scene.until('the word on the new head', () => scene.check(head, 'muster/gate')?.conclusion);
    await ada().editIssue(REPOSITORY, pull, { body: FACT });
    ada().comment(REPOSITORY, pull, '/retry');
    await scene.reaches(pull, 'waiting');
    expect(conclusionsOn(head)).toEqual(['success', null, 'action_required']);
    grace().comment(REPOSITORY, pull, '/approve');
    await scene.reaches(pull, 'done');
    expect(scene.answers(pull).filter((answer) => answer.includes("doesn't count"))).toEqual([]);
    expect(conclusionsOn(head)).toEqual(['success', 'success', 'success']);
  });

  it('is tainted by what it reads anew, and capped by what the files say by now', async () => {
    scene.simulator.setRole(REPOSITORY, 'mallory', 'write');
    const issue = await issueFor('writer', 'mallory');
    expect((await scene.reaches(issue, 'failed')).body).toContain('capped at $0.50');
    scene.simulator.setRole(REPOSITORY, 'mallory', 'read');
    await ada().push(REPOSITORY, 'main', {
      '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1 }', '  budget: { usd: 0.90 }\n'),
    });
    await scene.simulator.as('mallory').editIssue(REPOSITORY, issue, { body: FACT });
    ada().comment(REPOSITORY, issue, '/retry');
    const { body } = await scene.reaches(issue, 'waiting');
    expect(body).toContain('capped at $0.90');
    expect(body).toContain('the run has read text of people who may not instruct it');
    expect(scene.pullRequestOf(issue)).toBeNull();
  });

  it('looks at the head first, and goes on from what somebody pushed', async () => {
    const issue = await issueFor('steady');
    await scene.reaches(issue, 'waiting');
    const pull = scene.pullRequestOf(issue);
    scene.simulator.webhooks.hold();
    await grace().push(REPOSITORY, pull?.pull?.head.ref ?? '', { 'MORE.md': 'More.\n' });
    const pushed = pull?.pull?.head.sha ?? '';
    ada().comment(REPOSITORY, issue, '/retry');
    scene.simulator.webhooks.release();
    const head = await scene.until('another head', () => {
      const now = pull?.pull?.head.sha ?? pushed;
      return now === pushed ? null : now;
    });
    await scene.reaches(issue, 'waiting');
    expect((await scene.world.repository.git.readCommit(head))?.parents).toEqual([pushed]);
    await scene.until('the gate', () => scene.check(head, 'muster/gate')?.conclusion === 'action_required');
    expect(conclusionsOn(pushed)).toEqual(['neutral', 'neutral', 'cancelled']);
  });
});

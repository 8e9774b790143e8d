import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentFile, cassetteOf, turn, verdict, type Call } from './support/replies.ts';
import { realClock } from '../support/clock.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PULL = { title: 'Say it', body: 'It was not written down.' };

const write = (content: string): Call => ['write_file', { path: 'SAID.md', content }];
const proposal: Call = ['propose_pull_request', PULL];
const comment: Call = ['propose_comment', { body: `${PULL.body} It is short.` }];

/** What each agent does in its first round, and when it is sent back. */
const ROUNDS: Record<string, Call[][]> = {
  content: [[write('Said.\n'), proposal], [['noop', { reason: 'it is said' }]]],
  talker: [[write('Said.\n'), proposal], [comment], [write('Said.\nMore.\n'), proposal]],
  asker: [[write('Said.\n'), proposal], [['propose_issue', { title: 'Say more', body: PULL.body }]]],
  refuser: [
    [['propose_review', { event: 'REQUEST_CHANGES', body: PULL.body, comments: [] }]],
    [['noop', { reason: 'it is fine then' }]],
  ],
  leaker: [
    [write('Said.\n'), proposal],
    [write(`token = "ghp_${'a1B2c3D4'.repeat(5).slice(0, 36)}"\n`), proposal, comment],
  ],
};

const MINUTE_MS = 60_000;
let aheadMs = 0;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    clock: { ...realClock, now: () => new Date(Date.now() + aheadMs) },
    files: {
      '.github/muster.yml': 'agents: { triager: { enabled: false } }\n',
      '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1, comment: 1 }'),
      ...Object.fromEntries(
        Object.keys(ROUNDS).map((name) => [
          `.github/agents/${name}.md`,
          agentFile(name, '{ pull_request: 1, comment: 1, issue: 1, review: 1 }'),
        ]),
      ),
    },
    cassette: cassetteOf(
      turn('writer', 0, [
        ['write_file', { path: 'SAID.md', content: 'Said.\n' }],
        ['propose_comment', { body: 'I said it.' }],
        ['propose_pull_request', PULL],
      ]),
      turn('writer', 1, []),
      turn('writer', 2, [
        ['write_file', { path: 'SAID.md', content: 'Said twice.\n' }],
        ['propose_comment', { body: 'I said it again.' }],
        ['propose_pull_request', PULL],
      ]),
      turn('writer', 3, []),
      verdict('writer', ['asked'], 0.9, PULL.body),
      ...Object.entries(ROUNDS).flatMap(([name, rounds]) => [
        ...rounds.flatMap((calls, round) => [turn(name, 2 * round, calls), turn(name, 2 * round + 1, [])]),
        verdict(name, ['asked'], 0.9, PULL.body),
      ]),
    ),
  });
});
afterAll(async () => scene.close());

describe('a rework', () => {
  it('gets out no more of a kind than the agent file allows in a run, and says so', async () => {
    const ada = scene.simulator.as('ada');
    const { number: issue } = await ada.openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
    await ada.label(REPOSITORY, issue, 'agent:writer');
    await scene.reaches(issue, 'waiting');
    const pull = scene.pullRequestOf(issue);
    const before = pull?.pull?.head.sha;
    ada.comment(REPOSITORY, issue, '/rework say it twice');
    await scene.until('the second commit', () => pull?.pull?.head.sha !== before);
    const { body } = await scene.reaches(issue, 'waiting');
    expect(body).toContain('dropped: the agent file allows 1 of comment in a run');
    expect(scene.answers(issue).filter((answer) => answer.includes('I said it'))).toHaveLength(1);
  });
});

describe('a rework that comes to nothing', () => {
  it('leaves nothing of what waited, and nothing red', async () => {
    const ada = scene.simulator.as('ada');
    await ada.push(REPOSITORY, 'mine', { 'MINE.md': 'Mine.\n' });
    const { number: pull } = await ada.openPullRequest(REPOSITORY, {
      title: 'Mine',
      body: 'x',
      head: 'mine',
    });
    await ada.label(REPOSITORY, pull, 'agent:refuser');
    await scene.reaches(pull, 'waiting');
    scene.simulator.as('grace').comment(REPOSITORY, pull, '/rework forget it');
    const { body } = await scene.reaches(pull, 'done');
    expect(body).toContain('nothing to do: it is fine then');
    expect(body).not.toContain(PULL.body);
    const head = scene.issue(pull).pull?.head.sha ?? '';
    const conclusions = ['judge', 'cost', 'gate'].map(
      (name) => scene.check(head, `muster/${name}`)?.conclusion,
    );
    expect(conclusions).toEqual(['neutral', 'success', 'success']);
  });
});

interface Draft {
  issue: number;
  pull: number;
  head: string;
}

async function reworked(agent: string): Promise<Draft> {
  const ada = scene.simulator.as('ada');
  const { number: issue } = await ada.openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
  await ada.label(REPOSITORY, issue, `agent:${agent}`);
  await scene.reaches(issue, 'waiting');
  const pull = scene.pullRequestOf(issue);
  ada.comment(REPOSITORY, issue, '/rework say it better');
  return { issue, pull: pull?.number ?? 0, head: pull?.pull?.head.sha ?? '' };
}

const gateOf = ({ head }: Draft) => scene.check(head, 'muster/gate')?.conclusion;

describe('a rework that brings no other pull request', () => {
  it.each([
    ['content', 'nothing to do: it is said'],
    ['talker', 'no other pull request'],
  ])('of %s leaves the draft waiting for an approval', async (agent, why) => {
    const draft = await reworked(agent);
    await scene.until('the word', () => scene.tracking(draft.issue)?.body.includes(`came to ${why}`));
    await scene.reaches(draft.issue, 'waiting');
    expect(gateOf(draft)).toBe('action_required');
    expect(scene.issue(draft.pull).pull).toMatchObject({ isDraft: true, head: { sha: draft.head } });
    expect(scene.tracking(draft.issue)?.body).toContain('/approve');
    await scene.simulator.as('grace').review(REPOSITORY, draft.pull, { event: 'APPROVE', body: '' });
    await scene.reaches(draft.issue, 'done');
    expect(scene.issue(draft.pull).pull).toMatchObject({ isDraft: false, head: { sha: draft.head } });
    expect(gateOf(draft)).toBe('success');
  });

  it('of the draft that waits goes on from its files', async () => {
    const draft = await reworked('talker');
    await scene.until('the word', () => scene.tracking(draft.issue)?.body.includes('came to'));
    await scene.reaches(draft.issue, 'waiting');
    scene.simulator.as('ada').comment(REPOSITORY, draft.issue, '/rework say more');
    const head = await scene.until('the second commit', () => {
      const sha = scene.issue(draft.pull).pull?.head.sha;
      return sha === draft.head ? null : sha;
    });
    await scene.reaches(draft.issue, 'waiting');
    await scene.simulator.as('grace').review(REPOSITORY, draft.pull, { event: 'APPROVE', body: '' });
    await scene.reaches(draft.issue, 'done');
    expect(gateOf({ ...draft, head })).toBe('success');
  });

  it('waits for an approval of its own where something else was approved', async () => {
    const draft = await reworked('asker');
    await scene.until('the issue to wait', () => scene.tracking(draft.issue)?.body.includes('Say more'));
    await scene.reaches(draft.issue, 'waiting');
    aheadMs += MINUTE_MS;
    scene.simulator.as('grace').comment(REPOSITORY, draft.issue, '/approve');
    await scene.until('the word', () => scene.tracking(draft.issue)?.body.includes('came to'));
    await scene.reaches(draft.issue, 'waiting');
    expect(gateOf(draft)).toBe('action_required');
    expect(scene.issue(draft.pull).pull?.isDraft).toBe(true);
    await scene.simulator.as('grace').review(REPOSITORY, draft.pull, { event: 'APPROVE', body: '' });
    await scene.reaches(draft.issue, 'done');
    expect(gateOf(draft)).toBe('success');
    expect(scene.issue(draft.pull).pull?.isDraft).toBe(false);
  });

  it('fails where it proposed one that was blocked, though a comment of it is out', async () => {
    const draft = await reworked('leaker');
    const { body } = await scene.reaches(draft.issue, 'failed');
    expect(body).toContain('nobody has approved the draft');
    expect(scene.answers(draft.issue).join()).toContain('It is short.');
    expect(gateOf(draft)).toBe('failure');
    const gate = scene.check(draft.head, 'muster/gate');
    scene.simulator.as('grace').pressButton(REPOSITORY, gate?.id ?? 0, 'retry');
    await scene.until('another round', () =>
      scene.tracking(draft.issue)?.body.includes('allows 1 of comment'),
    );
    await scene.reaches(draft.issue, 'failed');
    expect(gateOf(draft)).toBe('failure');
  });
});

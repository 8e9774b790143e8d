import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PULL = { title: 'Say it', body: 'It was not written down.' };
const PUSHED = 'A person said more.';
const CHECKS = ['muster/judge', 'muster/cost', 'muster/gate'];

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    files: {
      '.github/muster.yml': 'agents: { triager: { enabled: false } }\n',
      '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1, comment: 1 }'),
      '.github/agents/reviewer.md': agentFile('reviewer', '{ review: 1 }'),
      '.github/agents/speaker.md': agentFile('speaker', '{ comment: 1 }'),
    },
    cassette: cassetteOf(
      turn('writer', 0, [
        ['write_file', { path: 'SAID.md', content: 'Said.\n' }],
        ['propose_pull_request', PULL],
      ]),
      turn('writer', 1, []),
      // Only a judge who sees the pushed diff finds this evidence.
      { ...verdict('writer', ['asked'], 0.4, PUSHED), expects: [PUSHED] },
      verdict('writer', ['asked'], 0.9, PULL.body),
      turn('reviewer', 0, [['propose_review', { event: 'APPROVE', body: PULL.body, comments: [] }]]),
      turn('reviewer', 1, []),
      { ...verdict('reviewer', ['asked'], 0.4, PUSHED), expects: [PUSHED] },
      verdict('reviewer', ['asked'], 0.9, PULL.body),
      turn('speaker', 0, [['propose_comment', { body: PULL.body }]]),
      turn('speaker', 1, []),
      verdict('speaker', ['asked'], 0.9, PULL.body),
    ),
  });
});
afterAll(async () => scene.close());

const ada = () => scene.simulator.as('ada');

async function waitingDraft() {
  const { number: issue } = await ada().openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
  await ada().label(REPOSITORY, issue, 'agent:writer');
  await scene.reaches(issue, 'waiting');
  const opened = scene.pullRequestOf(issue);
  const branch = opened?.pull?.head.ref ?? '';
  return { issue, pull: opened?.number ?? 0, branch, head: opened?.pull?.head.sha ?? '' };
}

async function pushTo(branch: string, text = PUSHED): Promise<string> {
  await scene.simulator.as('grace').push(REPOSITORY, branch, { 'MORE.md': `${text}\n` });
  return (await scene.world.repository.git.getRef(`refs/heads/${branch}`)) ?? '';
}

async function openPull(branch: string): Promise<number> {
  await ada().push(REPOSITORY, branch, { 'MINE.md': 'Mine.\n' });
  const pull = await ada().openPullRequest(REPOSITORY, { title: 'Mine', body: 'x', head: branch });
  return pull.number;
}

/** By name; waits until the gate has ended or asks for a person. */
async function checksOf(head: string): Promise<Record<string, string | null | undefined>> {
  await scene.until(`the gate on ${head}`, () => scene.check(head, 'muster/gate')?.conclusion);
  return Object.fromEntries(CHECKS.map((name) => [name, scene.check(head, name)?.conclusion]));
}

describe('a push by a person', () => {
  it('brings the three checks to the new head, judged again with what was pushed', async () => {
    const { issue, branch, head } = await waitingDraft();
    const pushed = await pushTo(branch);
    expect(await checksOf(pushed)).toMatchObject({
      'muster/judge': 'failure',
      'muster/gate': 'action_required',
    });
    const comment = await scene.reaches(issue, 'waiting');
    expect(comment.body).toContain(`grace pushed ${pushed.slice(0, 7)}`);
    expect(scene.check(head, 'muster/judge')?.conclusion).toBe('success');
    expect(scene.check(pushed, 'muster/judge')?.annotations[0]).toMatchObject({
      path: 'MORE.md',
      start_line: 1,
      annotation_level: 'warning',
    });
  });

  it('makes an approval of the old head stale, and is approved at the new one', async () => {
    const { issue, pull, branch, head } = await waitingDraft();
    scene.simulator.webhooks.hold();
    ada().comment(REPOSITORY, issue, '/approve');
    const pushed = await pushTo(branch);
    scene.simulator.webhooks.release();
    await scene.until('the answer', () => scene.answers(issue).some((answer) => answer.includes('count')));
    await checksOf(pushed);
    expect(scene.issue(pull).pull).toMatchObject({ isDraft: true });
    await scene.reaches(issue, 'waiting');
    await ada().review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'done');
    expect(scene.issue(pull).pull).toMatchObject({ isDraft: false, head: { sha: pushed } });
    expect((await checksOf(pushed))['muster/gate']).toBe('success');
    expect(scene.check(head, 'muster/gate')?.conclusion).toBe('action_required');
  });

  it('is not undone by a rework', async () => {
    const { issue, branch } = await waitingDraft();
    const pushed = await pushTo(branch);
    await checksOf(pushed);
    await scene.reaches(issue, 'waiting');
    ada().comment(REPOSITORY, issue, '/rework shorter');
    await scene.until('the answer', () =>
      scene.answers(issue).some((answer) => answer.includes('would undo that')),
    );
    expect(await scene.world.repository.git.getRef(`refs/heads/${branch}`)).toBe(pushed);
  });

  it('to what a run has done already is not called approved', async () => {
    const { issue, pull, branch, head } = await waitingDraft();
    await ada().review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'done');
    const pushed = await pushTo(branch);
    expect(await checksOf(pushed)).toEqual({
      'muster/judge': 'neutral',
      'muster/cost': 'neutral',
      'muster/gate': 'failure',
    });
    expect((await checksOf(head))['muster/gate']).toBe('success');
  });

  it('to a pull request of their own has what waits there judged again', async () => {
    const pull = await openPull('mine');
    await ada().label(REPOSITORY, pull, 'agent:reviewer');
    await scene.reaches(pull, 'waiting');
    const pushed = await pushTo('mine');
    expect(await checksOf(pushed)).toMatchObject({
      'muster/judge': 'failure',
      'muster/gate': 'action_required',
    });
  });

  it('to a pull request of their own on which a run has ended leaves nothing that waits', async () => {
    const pull = await openPull('spoken');
    await ada().label(REPOSITORY, pull, 'agent:speaker');
    await scene.reaches(pull, 'done');
    expect(await checksOf(await pushTo('spoken'))).toEqual({
      'muster/judge': 'neutral',
      'muster/cost': 'neutral',
      'muster/gate': 'success',
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleRepository } from '../../src/simulator/sample/sample.ts';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PULL = { title: 'Free items get a cent', body: 'The cause is `allocate`.' };
const FIX = {
  path: 'src/money.js',
  search: 'shares[index] += 1;',
  replace: 'if (weights[index] === 0) continue;\n    shares[index] += 1;',
};

const QUOTED = '    if (weights[index] === 0) continue;';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    files: { '.github/agents/fixer.md': agentFile('fixer', '{ pull_request: 1, comment: 1 }') },
    cassette: cassetteOf(
      turn('fixer', 0, [['edit_file', FIX]]),
      turn('fixer', 1, [['propose_pull_request', PULL]]),
      turn('fixer', 2, []),
      // A rework goes on in the same conversation.
      turn('fixer', 3, [
        ['write_file', { path: 'NOTES.md', content: 'Free items have no weight.\n' }],
        ['propose_pull_request', { ...PULL, title: 'Free items get no cent' }],
      ]),
      turn('fixer', 4, []),
      verdict('fixer', ['asked'], 0.9, `+${QUOTED}`),
    ),
  });
});
afterAll(async () => scene.close());

async function labelled(author = 'ada'): Promise<number> {
  const { issue } = sampleRepository();
  const opened = await scene.simulator.as(author).openIssue(REPOSITORY, issue);
  await scene.simulator.as('ada').label(REPOSITORY, opened.number, 'agent:fixer');
  return opened.number;
}

async function waitingDraft(): Promise<{ issue: number; pull: number; head: string }> {
  const issue = await labelled();
  await scene.reaches(issue, 'waiting');
  const pull = scene.pullRequestOf(issue);
  return { issue, pull: pull?.number ?? 0, head: pull?.pull?.head.sha ?? '' };
}

describe('a labelled issue', () => {
  it('becomes a draft pull request with a signed commit, a judged score and an open gate', async () => {
    const { issue, pull, head } = await waitingDraft();
    const subject = scene.issue(issue);
    expect(subject.reactions.map((reaction) => reaction.content)).toEqual(['eyes']);
    expect(subject.labels).toEqual([]);
    const opened = scene.issue(pull);
    expect(opened).toMatchObject({ title: PULL.title, pull: { isDraft: true } });
    expect(opened.pull?.head.ref).toMatch(new RegExp(`^muster/fixer/${issue}-`));
    expect(scene.world.repository.verifiedCommits.has(head)).toBe(true);
    const comment = scene.tracking(issue)?.body ?? '';
    expect(comment).toMatch(/quote \$\d+\.\d\d to \$\d+\.\d\d, capped at \$0\.50/);
    expect(comment).toContain('/approve');
    expect(scene.check(head, 'muster/judge')).toMatchObject({ status: 'completed', conclusion: 'success' });
    const { git } = scene.world.repository;
    const { sha } = (await git.readPath(head, FIX.path)) ?? { sha: '' };
    const fixed = Buffer.from((await git.readBlob(sha)) ?? []).toString();
    const [annotation] = scene.check(head, 'muster/judge')?.annotations ?? [];
    expect(annotation).toMatchObject({ path: FIX.path, title: 'asked: 0.90', annotation_level: 'notice' });
    expect(fixed.split('\n')[(annotation?.start_line ?? 0) - 1]).toBe(QUOTED);
    expect(scene.check(head, 'muster/gate')).toMatchObject({ conclusion: 'action_required' });
    expect(scene.check(head, 'muster/gate')?.actions.map((action) => action.identifier)).toEqual([
      'approve',
      'reject',
      'retry',
    ]);
  });

  it('is approved by a comment of someone with write access', async () => {
    const { issue, pull, head } = await waitingDraft();
    scene.simulator.as('grace').comment(REPOSITORY, issue, '/approve');
    const comment = await scene.reaches(issue, 'done');
    expect(comment.body).toContain('grace');
    expect(scene.issue(pull).pull).toMatchObject({ isDraft: false, head: { sha: head } });
    for (const name of ['muster/judge', 'muster/cost', 'muster/gate']) {
      expect(scene.check(head, name)).toMatchObject({ status: 'completed', conclusion: 'success' });
    }
  });

  it('is approved by a review of the head, and by the button on the gate', async () => {
    const reviewed = await waitingDraft();
    await scene.simulator.as('grace').review(REPOSITORY, reviewed.pull, { event: 'APPROVE', body: 'Good.' });
    await scene.reaches(reviewed.issue, 'done');
    const pressed = await waitingDraft();
    const gate = scene.check(pressed.head, 'muster/gate');
    scene.simulator.as('grace').pressButton(REPOSITORY, gate?.id ?? 0, 'approve');
    await scene.reaches(pressed.issue, 'done');
    expect(scene.issue(pressed.pull).pull?.isDraft).toBe(false);
  });

  it('is rejected: the draft is closed, its branch kept, the gate red', async () => {
    const { issue, pull, head } = await waitingDraft();
    scene.simulator.as('grace').comment(REPOSITORY, pull, '/reject not like this');
    await scene.reaches(issue, 'rejected');
    const closed = scene.issue(pull);
    expect(closed.state).toBe('closed');
    expect(await scene.world.repository.git.getRef(`refs/heads/${closed.pull?.head.ref}`)).toBe(head);
    expect(scene.check(head, 'muster/gate')).toMatchObject({ conclusion: 'failure' });
  });

  it('is reworked on the same pull request, and approved then', async () => {
    const { issue, pull, head } = await waitingDraft();
    scene.simulator.as('grace').comment(REPOSITORY, issue, '/rework write it down too');
    const moved = await scene.until('the second commit', () => {
      const sha = scene.issue(pull).pull?.head.sha;
      return sha === head ? undefined : sha;
    });
    await scene.until(
      'the gate on the new head',
      () => scene.check(moved, 'muster/gate')?.conclusion === 'action_required',
    );
    const comment = await scene.reaches(issue, 'waiting');
    expect(scene.issue(pull).title).toBe('Free items get no cent');
    // Our own push is nobody else's.
    expect(comment.body).not.toContain('pushed');
    await scene.simulator.as('grace').review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'done');
    expect(scene.issue(pull).pull).toMatchObject({ isDraft: false, head: { sha: moved } });
  });

  it('is worked on once more after a press of the third button', async () => {
    const { pull, head } = await waitingDraft();
    const gate = scene.check(head, 'muster/gate');
    scene.simulator.as('grace').pressButton(REPOSITORY, gate?.id ?? 0, 'retry');
    await scene.until('the second commit', () => scene.issue(pull).pull?.head.sha !== head);
    expect(scene.issue(pull).pull?.isDraft).toBe(true);
  });

  it('waits on no branch when its author may not instruct, and gets one at the approved commit', async () => {
    const issue = await labelled('mallory');
    const comment = await scene.reaches(issue, 'waiting');
    expect(scene.pullRequestOf(issue)).toBeNull();
    const runId = /muster:run=(r_[a-z2-7]{12})/.exec(comment.body)?.[1] ?? '';
    const held = await scene.world.repository.git.getRef(`refs/muster/${runId}`);
    expect(held).not.toBeNull();
    expect(comment.body).toContain(`/compare/`);
    scene.simulator.as('grace').comment(REPOSITORY, issue, '/approve');
    await scene.reaches(issue, 'done');
    expect(scene.pullRequestOf(issue)?.pull?.head.sha).toBe(held);
  });

  it('is not moved by people who may not, nor by a comment that was edited', async () => {
    const { issue, pull } = await waitingDraft();
    const refused = scene.simulator.as('mallory').comment(REPOSITORY, issue, '/approve');
    await scene.until('the refusal', () =>
      refused.reactions.some((reaction) => reaction.content === 'confused'),
    );
    scene.simulator.webhooks.hold();
    const edited = scene.simulator.as('grace').comment(REPOSITORY, issue, '/approve');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    scene.simulator.as('grace').editComment(REPOSITORY, edited.id, '/approve now');
    scene.simulator.webhooks.release();
    await scene.until('the answer', () => scene.answers(issue).some((answer) => answer.includes('edited')));
    expect(scene.issue(pull).pull?.isDraft).toBe(true);
  });

  it.each(['COMMENT', 'APPROVE'] as const)('is not moved by a %s review that was edited', async (event) => {
    const { issue, pull } = await waitingDraft();
    const grace = scene.simulator.as('grace');
    scene.simulator.webhooks.hold();
    const { id } = await grace.review(REPOSITORY, pull, { event, body: 'No.\n/approve' });
    grace.editReview(REPOSITORY, pull, id, 'Well.\n/approve');
    scene.simulator.webhooks.release();
    const said = () => [...scene.answers(issue), ...scene.answers(pull)].join();
    await scene.until('the answer', () => said().includes('it was edited'));
    expect(scene.issue(pull).pull?.isDraft).toBe(true);
  });

  it('makes one run of a delivery that comes three times', async () => {
    scene.simulator.webhooks.duplicateNext(3);
    const { issue } = await waitingDraft();
    const comments = scene
      .issue(issue)
      .comments.filter((comment) => comment.body.includes('<!-- muster:run='));
    expect(comments).toHaveLength(1);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realClock } from '../support/clock.ts';
import { CHECK_NAMES } from '../../src/publish/checks.ts';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PULL = { title: 'Say it', body: 'It was not written down.' };
const PUSHED = 'A person said more.';

/** How far GitHub's clock is ahead. */
let aheadMs = 0;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    clock: { ...realClock, now: () => new Date(Date.now() + aheadMs) },
    files: {
      '.github/muster.yml': 'agents: { triager: { enabled: false } }\n',
      '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1, comment: 1 }'),
      '.github/agents/opener.md': agentFile('opener', '{ pull_request: 1, issue: 1 }'),
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
      turn('opener', 0, [
        ['write_file', { path: 'SAID.md', content: 'Said.\n' }],
        ['propose_pull_request', PULL],
        ['propose_issue', { title: 'Say more', body: PULL.body }],
      ]),
      turn('opener', 1, []),
      verdict('opener', ['asked'], 0.9, PULL.body),
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

async function waitingDraft(agent = 'writer') {
  const { number: issue } = await ada().openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
  await ada().label(REPOSITORY, issue, `agent:${agent}`);
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
  return Object.fromEntries(CHECK_NAMES.map((name) => [name, scene.check(head, name)?.conclusion]));
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
    // It doesn't count, or comes while the judge looks again: whichever delivery is first.
    await scene.until('the answer', () => scene.answers(issue).length > 0);
    await checksOf(pushed);
    expect(scene.issue(pull).pull).toMatchObject({ isDraft: true });
    await scene.reaches(issue, 'waiting');
    await ada().review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'done');
    expect(scene.issue(pull).pull).toMatchObject({ isDraft: false, head: { sha: pushed } });
    expect((await checksOf(pushed))['muster/gate']).toBe('success');
    expect(scene.check(head, 'muster/gate')?.conclusion).toBe('action_required');
  });

  it('has nothing published twice that was published before it', async () => {
    const body = /markPullRequestReadyForReview/;
    scene.simulator.faults.add({ path: /graphql/, body, times: 1, kind: 'status', status: 403 });
    const { issue, pull, branch } = await waitingDraft('opener');
    await ada().review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'failed');
    const pushed = await pushTo(branch);
    expect((await checksOf(pushed))['muster/gate']).toBe('failure');
    ada().comment(REPOSITORY, issue, '/retry');
    await scene.until(
      'the question',
      () => scene.check(pushed, 'muster/gate')?.conclusion === 'action_required',
    );
    await scene.reaches(issue, 'waiting');
    // The review is of the commit, and not all that waits is in that.
    aheadMs += 60_000;
    await ada().review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'done');
    expect((await checksOf(pushed))['muster/gate']).toBe('success');
    const issues = [...scene.world.repository.issues.values()].filter(({ title }) => title === 'Say more');
    expect(issues).toHaveLength(1);
  });

  it('to what a run has done already is judged again, and approved again', async () => {
    const { issue, pull, branch, head } = await waitingDraft();
    await ada().review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'done');
    const pushed = await pushTo(branch);
    expect(await checksOf(pushed)).toMatchObject({
      'muster/judge': 'failure',
      'muster/gate': 'action_required',
    });
    const asked = await scene.reaches(issue, 'waiting');
    expect(asked.body).toContain(`grace pushed ${pushed.slice(0, 7)}`);
    expect((await checksOf(head))['muster/gate']).toBe('success');
    await ada().review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'done');
    expect((await checksOf(pushed))['muster/gate']).toBe('success');
    expect(scene.issue(pull).pull).toMatchObject({ isDraft: false, head: { sha: pushed } });
    // And once more, from the record of all that.
    const last = await pushTo(branch, `${PUSHED} Twice.`);
    expect((await checksOf(last))['muster/gate']).toBe('action_required');
    await scene.reaches(issue, 'waiting');
    ada().comment(REPOSITORY, issue, '/reject');
    await scene.reaches(issue, 'rejected');
    expect((await checksOf(last))['muster/gate']).toBe('failure');
    expect(scene.issue(pull).state).toBe('closed');
    expect(await scene.world.repository.git.getRef(`refs/heads/${branch}`)).toBe(last);
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

  it('that comes while a run publishes is told of when it ends', async () => {
    const pull = await openPull('busy');
    const said = {
      method: 'POST',
      path: new RegExp(`/issues/${pull}/comments$`),
      body: new RegExp(PULL.body),
    };
    scene.simulator.faults.add({ ...said, times: 1, kind: 'delay', delayMs: 3_000 });
    await ada().label(REPOSITORY, pull, 'agent:speaker');
    await scene.until('the comment to be on its way', () =>
      scene.simulator.requests.some(
        ({ method, path, body }) =>
          method === 'POST' && said.path.test(path) && said.body.test(JSON.stringify(body ?? '')),
      ),
    );
    const pushed = await pushTo('busy');
    expect(scene.tracking(pull)?.body).not.toContain('done');
    expect((await checksOf(pushed))['muster/gate']).toBe('success');
    expect(scene.check(pushed, 'muster/gate')?.output?.title).toBe('Nothing waits');
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

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PULL = { title: 'Say it', body: 'It was not written down.' };

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    files: {
      '.github/muster.yml': 'merge: when_approved\nagents: { triager: { enabled: false } }\n',
      '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1 }'),
    },
    cassette: cassetteOf(
      turn('writer', 0, [
        ['write_file', { path: 'SAID.md', content: 'Said.\n' }],
        ['propose_pull_request', PULL],
      ]),
      turn('writer', 1, []),
      turn('writer', 2, [
        ['write_file', { path: 'SAID.md', content: 'Said twice.\n' }],
        ['propose_pull_request', PULL],
      ]),
      turn('writer', 3, []),
      verdict('writer', ['asked'], 0.9, PULL.body),
    ),
  });
  scene.simulator.setRole(REPOSITORY, 'mallory', 'write');
});
afterAll(async () => scene.close());

/** Asked for by ada, who wrote nothing of it. */
async function waitingDraft() {
  const { number: issue } = await scene.simulator
    .as('mallory')
    .openIssue(REPOSITORY, { title: 'Say it', body: '' });
  await scene.simulator.as('ada').label(REPOSITORY, issue, 'agent:writer');
  await scene.reaches(issue, 'waiting');
  const opened = scene.pullRequestOf(issue);
  return {
    issue,
    pull: opened?.number ?? 0,
    head: opened?.pull?.head.sha ?? '',
    branch: opened?.pull?.head.ref ?? '',
  };
}

async function gateAwaits(pull: number, before: string): Promise<string> {
  return scene.until('the gate on another head', () => {
    const head = scene.issue(pull).pull?.head.sha ?? before;
    const isShown = scene.check(head, 'muster/gate')?.conclusion === 'action_required';
    return head !== before && isShown ? head : null;
  });
}

/** Approves as each, of whom only the last may; resolves once it is merged. */
async function approvedOnlyBy(issue: number, pull: number, logins: string[]): Promise<void> {
  for (const login of logins) {
    expect(scene.issue(pull).state).toBe('open');
    await scene.simulator.as(login).review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    if (login === logins.at(-1)) break;
    await scene.until(`the answer to ${login}`, () =>
      [...scene.answers(issue), ...scene.answers(pull)].some(
        (answer) =>
          answer.includes(`by ${login} doesn't count`) && answer.includes('instructed it or pushed'),
      ),
    );
  }
  await scene.reaches(issue, 'done');
}

const MERGED = { state: 'closed', pull: { mergedAt: expect.any(String) } };

describe('a merge', () => {
  it('is not approved by who asked for the run, nor by who had it reworked', async () => {
    const { issue, pull, head } = await waitingDraft();
    scene.simulator.as('grace').comment(REPOSITORY, issue, '/rework say it twice');
    await gateAwaits(pull, head);
    await scene.reaches(issue, 'waiting');
    await approvedOnlyBy(issue, pull, ['ada', 'grace', 'mallory']);
    expect(scene.issue(pull)).toMatchObject(MERGED);
  });

  it('is not approved by who pushed to it, and takes the pushed head', async () => {
    const { issue, pull, head, branch } = await waitingDraft();
    await scene.simulator.as('grace').push(REPOSITORY, branch, { 'MORE.md': 'More.\n' });
    const pushed = await gateAwaits(pull, head);
    await scene.reaches(issue, 'waiting');
    await approvedOnlyBy(issue, pull, ['grace', 'mallory']);
    expect(scene.issue(pull)).toMatchObject(MERGED);
    expect(scene.issue(pull).pull?.head.sha).toBe(pushed);
  });
});

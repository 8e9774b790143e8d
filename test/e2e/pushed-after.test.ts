import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realClock } from '../support/clock.ts';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PULL = { title: 'Say it', body: 'It was not written down.' };
const POOR = 'A poor line.';

const proposing = (agent: string) => [
  turn(agent, 0, [
    ['write_file', { path: `${agent}.md`, content: 'Said.\n' }],
    ['propose_pull_request', PULL],
  ]),
  turn(agent, 1, []),
];

/** How far GitHub's clock is ahead. */
let aheadMs = 0;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    clock: { ...realClock, now: () => new Date(Date.now() + aheadMs) },
    files: {
      '.github/muster.yml': 'gate: { pull_request: publish }\nagents: { triager: { enabled: false } }\n',
      '.github/agents/free.md': agentFile('free', '{ pull_request: 1 }'),
      '.github/agents/closer.md': agentFile('closer', '{ pull_request: 1, close: 1 }'),
      '.github/agents/mender.md': agentFile('mender', '{ pull_request: 1 }', '  gate: review\n'),
      '.github/agents/asked.md': agentFile('asked', '{ pull_request: 1 }', '  gate: review\n'),
    },
    cassette: cassetteOf(
      ...proposing('free'),
      { ...verdict('free', ['asked'], 0.4, POOR), expects: [POOR] },
      verdict('free', ['asked'], 0.9, PULL.body),
      turn('closer', 0, [
        ['write_file', { path: 'closer.md', content: 'Said.\n' }],
        ['propose_pull_request', PULL],
        ['propose_close', { reason: 'completed' }],
      ]),
      turn('closer', 1, []),
      turn('closer', 2, [['propose_close', { reason: 'not_planned' }]]),
      turn('closer', 3, []),
      { ...verdict('closer', ['asked'], 0.4, POOR), expects: [POOR] },
      verdict('closer', ['asked'], 0.9, 'closer'),
      turn('mender', 0, [
        ['write_file', { path: 'SAID.md', content: 'Said.\n' }],
        ['propose_pull_request', PULL],
      ]),
      turn('mender', 1, []),
      turn('mender', 2, [
        ['edit_file', { path: 'SAID.md', search: 'Said.', replace: 'Said twice.' }],
        ['propose_pull_request', PULL],
      ]),
      turn('mender', 3, []),
      turn('mender', 4, [['noop', { reason: 'it is said' }]]),
      turn('mender', 5, []),
      verdict('mender', ['asked'], 0.9, PULL.body),
      ...proposing('asked'),
      verdict('asked', ['asked'], 0.9, PULL.body),
    ),
  });
});
afterAll(async () => scene.close());

const ada = () => scene.simulator.as('ada');

async function opened(agent: string, state: 'done' | 'waiting') {
  const { number: issue } = await ada().openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
  await ada().label(REPOSITORY, issue, `agent:${agent}`);
  const runId = await runOf(issue, state);
  const found = scene.pullRequestOf(issue);
  return { issue, runId, pull: found?.number ?? 0, branch: found?.pull?.head.ref ?? '' };
}

async function runOf(issue: number, state: string): Promise<string> {
  const { body } = await scene.reaches(issue, state);
  return /muster:run=(r_[a-z2-7]{12})/.exec(body)?.[1] ?? '';
}

async function pushTo(branch: string, text: string): Promise<string> {
  await scene.simulator.as('grace').push(REPOSITORY, branch, { 'MORE.md': `${text}\n` });
  return (await scene.world.repository.git.getRef(`refs/heads/${branch}`)) ?? '';
}

const conclusionOf = (head: string, name: string) => scene.check(head, name)?.conclusion;

async function gateOf(head: string) {
  return scene.until(`the gate on ${head}`, () => conclusionOf(head, 'muster/gate'));
}

describe('a push to what a run has done', () => {
  it('asks nobody where the gate had asked nobody and the judge still likes it', async () => {
    const { issue, branch } = await opened('free', 'done');
    const pushed = await pushTo(branch, 'A fine line.');
    expect(await gateOf(pushed)).toBe('success');
    expect(conclusionOf(pushed, 'muster/judge')).toBe('success');
    const { body } = await scene.reaches(issue, 'done');
    expect(body).toContain(`pushed ${pushed.slice(0, 7)}`);
  });

  it('asks a person where the judge likes it no more, and leaves it open where they cancel', async () => {
    const { issue, pull, branch } = await opened('free', 'done');
    const pushed = await pushTo(branch, POOR);
    expect(await gateOf(pushed)).toBe('action_required');
    expect(conclusionOf(pushed, 'muster/judge')).toBe('failure');
    await scene.reaches(issue, 'waiting');
    ada().comment(REPOSITORY, issue, '/cancel');
    await scene.reaches(issue, 'cancelled');
    expect(await gateOf(pushed)).toBe('cancelled');
    expect(scene.issue(pull).state).toBe('open');
  });

  it('asks about the pull request, whatever a later round proposed', async () => {
    const { issue, branch } = await opened('closer', 'waiting');
    ada().comment(REPOSITORY, issue, '/rework it is not planned');
    await scene.until('the rework', () => scene.tracking(issue)?.body.includes('not_planned'));
    await scene.reaches(issue, 'waiting');
    aheadMs += 60_000;
    ada().comment(REPOSITORY, issue, '/approve');
    await scene.reaches(issue, 'done');
    const pushed = await pushTo(branch, POOR);
    expect(await gateOf(pushed)).toBe('action_required');
    const { body } = await scene.reaches(issue, 'waiting');
    expect(body).toContain(`binds to \`${pushed.slice(0, 12)}`);
    expect(body).toContain('p1: pull request');
    expect(body).not.toContain('not_planned');
  });

  it('asks a person about a protected path', async () => {
    const { issue, branch } = await opened('free', 'done');
    await scene.simulator.as('grace').push(REPOSITORY, branch, { '.github/workflows/x.yml': 'on: push\n' });
    const pushed = (await scene.world.repository.git.getRef(`refs/heads/${branch}`)) ?? '';
    expect(await gateOf(pushed)).toBe('action_required');
    expect((await scene.reaches(issue, 'waiting')).body).toContain('`.github/workflows/x.yml` is protected');
  });

  it('is looked at by the server that is there next', async () => {
    const { issue, pull, branch } = await opened('asked', 'waiting');
    ada().comment(REPOSITORY, issue, '/approve');
    await scene.reaches(issue, 'done');
    const pushing = pushTo(branch, 'A fine line.');
    await scene.down();
    const pushed = await pushing;
    await scene.up();
    await scene.reaches(issue, 'waiting');
    expect(await gateOf(pushed)).toBe('action_required');
    await ada().review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'done');
    expect(conclusionOf(pushed, 'muster/gate')).toBe('success');
  });

  it('is not judged while the agent works on the same issue once more', async () => {
    const { issue, branch } = await opened('asked', 'waiting');
    ada().comment(REPOSITORY, issue, '/approve');
    await scene.reaches(issue, 'done');
    ada().comment(REPOSITORY, issue, '/agent asked');
    await scene.until('the second run to wait', () =>
      scene.issue(issue).comments.some(({ body }) => body.includes('waiting: `asked`')),
    );
    const pushed = await pushTo(branch, 'A fine line.');
    expect(await gateOf(pushed)).toBe('failure');
    expect(conclusionOf(pushed, 'muster/judge')).toBe('neutral');
  });
});

describe('a no', () => {
  it('leaves open what nobody was asked about', async () => {
    const { issue, pull } = await opened('closer', 'waiting');
    ada().comment(REPOSITORY, issue, '/reject leave the issue open');
    await scene.reaches(issue, 'rejected');
    expect(scene.issue(pull).state).toBe('open');
    expect(scene.issue(issue).state).toBe('open');
  });
});

describe('a push by a person', () => {
  it('is what a rework builds on', async () => {
    const { issue, pull, branch } = await opened('mender', 'waiting');
    const pushed = await pushTo(branch, 'A fine line.');
    ada().comment(REPOSITORY, issue, '/rework say more');
    const next = await scene.until('another head', () => {
      const head = scene.issue(pull).pull?.head.sha ?? pushed;
      return head === pushed ? null : head;
    });
    expect(await gateOf(next)).toBe('action_required');
    const { git } = scene.world.repository;
    expect((await git.readCommit(next))?.parents).toEqual([pushed]);
    const said = async (path: string) =>
      String(await git.readBlob((await git.readPath(next, path))?.sha ?? ''));
    expect(await said('SAID.md')).toBe('Said twice.\n');
    expect(await said('MORE.md')).toBe('A fine line.\n');
    await scene.reaches(issue, 'waiting');
    await ada().review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'done');
    // Also once the run is done, for as long as the pull request is open.
    const last = await pushTo(branch, 'A finer line.');
    expect(await gateOf(last)).toBe('action_required');
    await scene.reaches(issue, 'waiting');
    ada().comment(REPOSITORY, issue, '/rework say no more');
    await scene.until('the word of the agent', () =>
      scene.tracking(issue)?.body.includes('The rework came to nothing to do'),
    );
    await ada().review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'done');
    expect(conclusionOf(last, 'muster/gate')).toBe('success');
  });
});

describe('a retry', () => {
  it('waits for the run that took the place of the failed one', async () => {
    const body = /markPullRequestReadyForReview/;
    scene.simulator.faults.add({ path: /graphql/, body, times: 1, kind: 'status', status: 403 });
    const { issue, runId } = await opened('asked', 'waiting');
    ada().comment(REPOSITORY, issue, '/approve');
    await scene.reaches(issue, 'failed');
    ada().comment(REPOSITORY, issue, '/agent asked');
    await scene.until('the second run to wait', () =>
      scene.issue(issue).comments.some((comment) => comment.body.includes('waiting: `asked`')),
    );
    ada().comment(REPOSITORY, issue, `/retry ${runId}`);
    const answer = await scene.until('the answer', () => scene.answers(issue).at(-1));
    const second = /run `(r_[a-z2-7]{12})` of the same agent is open here/.exec(answer)?.[1] ?? '';
    ada().comment(REPOSITORY, issue, `/cancel ${second}`);
    await scene.until('the second run to end', () =>
      scene.issue(issue).comments.some((comment) => comment.body.includes('cancelled: `asked`')),
    );
    ada().comment(REPOSITORY, issue, `/retry ${runId}`);
    await scene.reaches(issue, 'done');
    expect(scene.answers(issue)).toEqual([answer]);
  });
});

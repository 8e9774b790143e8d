import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realClock } from '../support/clock.ts';
import { agentFile, cassetteOf, turn, verdict, type Call } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PULL = { title: 'Say it', body: 'It was not written down.' };
const CHECKS = ['muster/judge', 'muster/cost', 'muster/gate'];

const change: Call[] = [
  ['write_file', { path: 'SAID.md', content: 'Said.\n' }],
  ['propose_pull_request', PULL],
];
const review: Call = ['propose_review', { event: 'REQUEST_CHANGES', body: PULL.body, comments: [] }];
const REVIEW = '  gate: { pull_request: review }\n';
const close: Call = ['propose_close', { reason: 'completed' }];

/** What each agent proposes. */
const AGENTS: Record<string, { outputs: string; gate?: string; calls: Call[] }> = {
  fixer: { outputs: '{ pull_request: 1 }', gate: REVIEW, calls: change },
  both: { outputs: '{ pull_request: 1, review: 1 }', gate: REVIEW, calls: [...change, review] },
  reviewer: { outputs: '{ pull_request: 1, review: 1 }', calls: [...change, review] },
  free: { outputs: '{ pull_request: 1, close: 1 }', calls: [...change, close] },
  closer: { outputs: '{ close: 1 }', calls: [close] },
};

/** How far GitHub's clock is ahead. */
let aheadMs = 0;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    clock: { ...realClock, now: () => new Date(Date.now() + aheadMs) },
    files: {
      '.github/muster.yml': 'gate: { pull_request: publish }\nagents: { triager: { enabled: false } }\n',
      ...Object.fromEntries(
        Object.entries(AGENTS).map(([name, { outputs, gate }]) => [
          `.github/agents/${name}.md`,
          agentFile(name, outputs, gate),
        ]),
      ),
    },
    cassette: cassetteOf(
      ...Object.entries(AGENTS).flatMap(([name, { calls }]) => [
        turn(name, 0, calls),
        turn(name, 1, []),
        verdict(name, ['asked'], 0.9, calls === AGENTS['closer']?.calls ? 'completed' : PULL.body),
      ]),
    ),
  });
});
afterAll(async () => scene.close());

const ada = () => scene.simulator.as('ada');
const grace = () => scene.simulator.as('grace');

async function openPull(branch: string): Promise<number> {
  await ada().push(REPOSITORY, branch, { [`${branch}.md`]: 'Mine.\n' });
  return (await ada().openPullRequest(REPOSITORY, { title: 'Mine', body: 'x', head: branch })).number;
}

const headOf = (pull: number): string => scene.issue(pull).pull?.head.sha ?? '';

/** The pull request that a run opened against that branch. */
function against(branch: string): number {
  const all = [...scene.world.repository.issues.values()];
  return all.find(({ pull }) => pull?.base.ref === branch)?.number ?? 0;
}

/** By name, once all of them are there. */
async function checksOf(head: string): Promise<Record<string, string | null | undefined>> {
  const conclusions = () => CHECKS.map((name) => [name, scene.check(head, name)?.conclusion] as const);
  await scene.until(`the checks on ${head}`, () => conclusions().every(([, conclusion]) => conclusion));
  return Object.fromEntries(conclusions());
}

const buttons = (head: string): string[] =>
  scene.check(head, 'muster/gate')?.actions.map(({ identifier }) => identifier) ?? [];

const HANDED_ON = { 'muster/judge': 'neutral', 'muster/cost': 'neutral', 'muster/gate': 'success' };

describe("the head of a person's pull request", () => {
  it('waits for nothing once the run has opened a pull request against it', async () => {
    const pull = await openPull('mine');
    const first = headOf(pull);
    await ada().label(REPOSITORY, pull, 'agent:fixer');
    await scene.reaches(pull, 'waiting');
    const own = against('mine');
    expect(await checksOf(first)).toEqual(HANDED_ON);
    expect(scene.check(first, 'muster/gate')?.output?.title).toContain(`pull request #${own}`);
    expect(scene.check(headOf(own), 'muster/gate')?.conclusion).toBe('action_required');

    await grace().push(REPOSITORY, 'mine', { 'MORE.md': 'More.\n' });
    const second = headOf(pull);
    expect(await checksOf(second)).toEqual(HANDED_ON);

    await grace().review(REPOSITORY, own, { event: 'APPROVE', body: '' });
    await scene.reaches(pull, 'done');
    expect((await checksOf(headOf(own)))['muster/gate']).toBe('success');
    expect([await checksOf(first), await checksOf(second)]).toEqual([HANDED_ON, HANDED_ON]);
  });

  it('goes on waiting where more of the run waits there than its pull request', async () => {
    const pull = await openPull('reviewed');
    await ada().label(REPOSITORY, pull, 'agent:both');
    await scene.reaches(pull, 'waiting');
    const own = against('reviewed');
    const gate = async () => (await checksOf(headOf(pull)))['muster/gate'];
    expect(await gate()).toBe('action_required');
    expect(buttons(headOf(pull))).not.toContain('approve');
    expect(buttons(headOf(own))).toContain('approve');
    await grace().push(REPOSITORY, 'reviewed', { 'MORE.md': 'More.\n' });
    expect(await gate()).toBe('action_required');
    grace().comment(REPOSITORY, pull, '/reject');
    await scene.reaches(pull, 'rejected');
    expect(await gate()).toBe('failure');
  });

  it('in a fork has buttons that work', async () => {
    await scene.simulator.fork(REPOSITORY, 'mallory');
    const mallory = scene.simulator.as('mallory');
    await mallory.push('mallory/pocket-cart', 'theirs', { 'README.md': 'Mine.\n' });
    const opened = { title: 'Mine', body: 'x', head: 'mallory:theirs' };
    const { number } = await mallory.openPullRequest(REPOSITORY, opened);
    await ada().label(REPOSITORY, number, 'agent:closer');
    await scene.reaches(number, 'waiting');
    grace().pressButton(REPOSITORY, scene.check(headOf(number), 'muster/gate')?.id ?? 0, 'approve');
    await scene.reaches(number, 'done');
    expect(scene.issue(number).state).toBe('closed');
  });

  it('is what an approval is of where the pull request of the run is out and a review of it waits', async () => {
    const pull = await openPull('kept');
    await ada().label(REPOSITORY, pull, 'agent:reviewer');
    await scene.reaches(pull, 'waiting');
    const own = headOf(against('kept'));
    await grace().push(REPOSITORY, 'kept', { 'MORE.md': 'More.\n' });
    const pushed = headOf(pull);
    expect((await checksOf(pushed))['muster/gate']).toBe('action_required');
    await scene.until('the second look', () =>
      scene.tracking(pull)?.body.includes(`grace pushed ${pushed.slice(0, 7)}`),
    );
    await scene.reaches(pull, 'waiting');
    await scene.until('the button', () => buttons(pushed).includes('approve'));
    expect(buttons(own)).not.toContain('approve');
    // What was changed in the minute before is asked again.
    aheadMs += 60_000;
    grace().comment(REPOSITORY, pull, '/approve');
    await scene.reaches(pull, 'done');
    for (const head of [pushed, own]) expect((await checksOf(head))['muster/gate']).toBe('success');
  });
});

describe('a pull request of a run that waits for something else', () => {
  it('has its new head judged once that is decided, and is not approved by a review', async () => {
    const { number: issue } = await ada().openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
    await ada().label(REPOSITORY, issue, 'agent:free');
    const { body } = await scene.reaches(issue, 'waiting');
    expect(body).not.toContain('approve pull request');
    const opened = scene.pullRequestOf(issue);
    const pull = opened?.number ?? 0;
    await grace().push(REPOSITORY, opened?.pull?.head.ref ?? '', { 'MORE.md': 'More.\n' });
    const pushed = headOf(pull);
    expect(await checksOf(pushed)).toEqual({
      'muster/judge': 'neutral',
      'muster/cost': 'neutral',
      'muster/gate': 'action_required',
    });
    grace().comment(REPOSITORY, issue, '/rework say it twice');
    await scene.until('the answer', () => scene.answers(issue).some((text) => text.includes('would undo')));
    grace().comment(REPOSITORY, issue, '/approve');
    await scene.reaches(issue, 'done');
    expect(scene.issue(issue).state).toBe('closed');
    expect(await checksOf(pushed)).toEqual({
      'muster/judge': 'success',
      'muster/cost': 'success',
      'muster/gate': 'success',
    });
  });
});

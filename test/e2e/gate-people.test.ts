import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Review } from '../../src/simulator/model.ts';
import { openPeopleScene, type Draft, type PeopleScene } from './support/people-scene.ts';
import { REPOSITORY } from './support/scene.ts';

/* PRODUCT.md section 3, and what section 5 says an approval binds to. */

let scene: PeopleScene;
beforeAll(async () => {
  scene = await openPeopleScene();
});
afterAll(async () => scene.close());

const as = (login: string) => scene.simulator.as(login);
const trackings = (issue: number) =>
  scene.issue(issue).comments.filter(({ body }) => body.includes('<!-- muster:run='));
const refused = async (what: string, { reactions }: Pick<Review, 'reactions'>) =>
  scene.until(`the refusal of ${what}`, () => reactions.some(({ content }) => content === 'confused'));

describe('a run is started', () => {
  it('by a person with enough access, and by nobody else', async () => {
    const issue = await scene.openIssue();
    await as('tess').label(REPOSITORY, issue, 'agent:speaker');
    await refused('a label', scene.issue(issue));
    await refused('a command', as('mallory').comment(REPOSITORY, issue, '/agent speaker'));
    expect(trackings(issue)).toEqual([]);
    as('linus').comment(REPOSITORY, issue, '/agent speaker');
    await scene.reaches(issue, 'done');
  });

  it('by a bot of the allow-list, and by no other', async () => {
    const issue = await scene.openIssue();
    const other = as('other[bot]').comment(REPOSITORY, issue, '/agent speaker');
    as('helper[bot]').comment(REPOSITORY, issue, '/agent speaker');
    const { body } = await scene.reaches(issue, 'done');
    expect(body).toContain('helper');
    expect(body).not.toContain('other');
    expect(trackings(issue)).toHaveLength(1);
    expect(other.reactions).toEqual([]);
  });

  it('by an event of the agent file, whoever sends it', async () => {
    const issue = await scene.openIssue('mallory');
    await as('mallory').editIssue(REPOSITORY, issue, { body: 'Please, please.' });
    expect((await scene.reaches(issue, 'done')).body).toContain('listener');
  });
});

describe('an approval', () => {
  it('is not given by people below the threshold, bots, or who asked', async () => {
    const draft = await scene.waitingDraft();
    const { issue, pull, head } = draft;
    for (const login of ['helper[bot]', 'mallory', 'linus']) {
      const said = as(login).comment(REPOSITORY, issue, '/approve');
      const reviewed = await as(login).review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
      as(login).pressButton(REPOSITORY, scene.gateOf(head)?.id ?? 0, 'approve');
      if (login === 'helper[bot]') continue;
      await refused(`${login}'s comment`, said);
      await refused(`${login}'s review`, reviewed);
    }
    as('ada').comment(REPOSITORY, issue, '/approve');
    await scene.answered(draft, "`/approve` by ada doesn't count: who asked for it");
    expect(scene.isDraft(draft)).toBe(true);
    as('grace').comment(REPOSITORY, issue, '/approve');
    const { body } = await scene.reaches(issue, 'done');
    expect(body.match(/Approved by \*\*.*?\*\*/g)).toEqual(['Approved by **grace**']);
    expect(scene.isDraft(draft)).toBe(false);
  });

  it('is of the base that was shown', async () => {
    const draft = await scene.waitingDraft();
    await as('ada').push(REPOSITORY, 'next', { 'NEXT.md': 'Next.\n' });
    await scene.request('PATCH', `/pulls/${draft.pull}`, { base: 'next' });
    await as('grace').review(REPOSITORY, draft.pull, { event: 'APPROVE', body: '' });
    await scene.answered(draft, 'the pull request goes to `next` now');
    expect(scene.isDraft(draft)).toBe(true);
    await scene.request('PATCH', `/pulls/${draft.pull}`, { base: 'main' });
    as('grace').comment(REPOSITORY, draft.issue, '/approve');
    await scene.reaches(draft.issue, 'done');
  });

  it('is asked for again where what was shown changed in the minute before', async () => {
    const draft = await scene.waitingDraft();
    as('grace').comment(REPOSITORY, draft.issue, '/rework say it twice');
    await scene.until('the second showing', () => {
      const body = scene.tracking(draft.issue)?.body ?? '';
      return body.includes('rework 1') && body.includes('⏸️ waiting');
    });
    as('grace').comment(REPOSITORY, draft.issue, '/approve');
    await scene.answered(draft, 'what waits was changed in the minute before');
    expect(scene.isDraft(draft)).toBe(true);
    scene.minutePasses();
    as('grace').comment(REPOSITORY, draft.issue, '/approve');
    await scene.reaches(draft.issue, 'done');
  });

  it.each([
    [
      'edited',
      async ({ issue }: Draft) => {
        const { id } = as('grace').comment(REPOSITORY, issue, '/approve');
        return async () => as('grace').editComment(REPOSITORY, id, '/approve it');
      },
    ],
    [
      'dismissed',
      async ({ pull }: Draft) => {
        const { id } = await as('grace').review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
        return async () =>
          scene.request('PUT', `/pulls/${pull}/reviews/${id}/dismissals`, { message: 'No.' });
      },
    ],
  ])('that is %s before the publication is worth nothing', async (what, approve) => {
    const body = /markPullRequestReadyForReview/;
    scene.simulator.faults.add({ path: /graphql/, body, times: 1, kind: 'status', status: 403 });
    const draft = await scene.waitingDraft();
    const takeBack = await approve(draft);
    await scene.reaches(draft.issue, 'failed');
    scene.minutePasses();
    await takeBack();
    as('ada').comment(REPOSITORY, draft.issue, '/retry');
    await scene.answered(draft, `was ${what}`);
    await scene.reaches(draft.issue, 'waiting');
    expect(scene.isDraft(draft)).toBe(true);
  });
});

describe('what nobody decides on in time', () => {
  it('expires: a draft is closed and its branch kept, nothing else is published, and the gate is red', async () => {
    const draft = await scene.waitingDraft();
    const held = await scene.openPull('held');
    await as('ada').label(REPOSITORY, held.number, 'agent:refuser');
    await scene.reaches(held.number, 'waiting');
    expect(await scene.expire([draft.issue, held.number])).toEqual([3, 3]);
    const { git } = scene.world.repository;
    for (const subject of [draft.issue, held.number]) {
      const { body } = await scene.reaches(subject, 'expired');
      expect(body).toContain('nobody decided in time');
    }
    expect(scene.issue(draft.pull)).toMatchObject({
      state: 'closed',
      pull: { isDraft: true, mergedAt: null },
    });
    expect(await git.getRef(`refs/heads/${draft.branch}`)).toBe(draft.head);
    expect(scene.gateOf(draft.head)?.conclusion).toBe('failure');
    expect(held).toMatchObject({ state: 'open', pull: { reviews: [] } });
    expect(scene.gateOf(held.pull?.head.sha ?? '')?.conclusion).toBe('failure');
    as('grace').comment(REPOSITORY, draft.issue, '/approve');
    await scene.answered(draft, 'no run here is waiting');
    expect(scene.issue(draft.pull).state).toBe('closed');
  });
});

describe('a gate that is required', () => {
  it('is open on the head of people’s own pull requests, and of a run that has nothing to do', async () => {
    const mine = await scene.openPull('mine');
    const head = mine.pull?.head.sha ?? '';
    await scene.until('the gate', () => scene.gateOf(head)?.conclusion === 'success');
    await as('ada').label(REPOSITORY, mine.number, 'agent:idler');
    await scene.reaches(mine.number, 'done');
    expect(scene.gateOf(head)?.conclusion).toBe('success');
    await as('ada').push(REPOSITORY, 'mine', { 'MORE.md': 'More.\n' });
    await scene.until('the gate', () => scene.gateOf(mine.pull?.head.sha ?? '')?.conclusion === 'success');
  });
});

describe('where drafts are not to be had', () => {
  it('a pull request is opened ready, and the gate holds', async () => {
    Object.assign(scene.simulator.state, { plan: 'free' });
    scene.simulator.setPrivate(REPOSITORY, true, 'ada');
    const draft = await scene.waitingDraft();
    expect(scene.isDraft(draft)).toBe(false);
    expect(scene.gateOf(draft.head)?.conclusion).toBe('action_required');
    as('grace').comment(REPOSITORY, draft.issue, '/approve');
    await scene.reaches(draft.issue, 'done');
    expect(scene.gateOf(draft.head)?.conclusion).toBe('success');
  });
});

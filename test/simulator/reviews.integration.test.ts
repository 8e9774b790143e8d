import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGitHub, type World } from './github.ts';

const REPOSITORY = 'acme/widgets';

let world: World;
let number = 0;
let sha = '';
let count = 0;

beforeAll(async () => {
  world = await createGitHub();
});

beforeEach(async () => {
  world.clock.advance(120_000);
  count += 1;
  const branch = `muster/review/${count}`;
  const files = { 'src/a.txt': `one\nTWO ${count}\nthree\n` };
  sha = await world.simulator.as('wes').push(REPOSITORY, branch, files);
  ({ number } = (await world.repo('POST', '/pulls', { title: 'Fix', head: branch, base: 'main' })).body);
  await world.simulator.settled();
  world.heard.length = 0;
});

afterAll(() => world.dispose());

describe('reviews', () => {
  it('by the author of the pull request can only comment', async () => {
    const review = (body: object) => world.repo('POST', `/pulls/${number}/reviews`, body);
    for (const event of ['APPROVE', 'REQUEST_CHANGES']) {
      const refused = await review({ event, body: 'x' });
      expect([refused.status, refused.body.message]).toEqual([422, 'Unprocessable Entity']);
    }
    expect((await review({ event: 'APPROVED' })).status).toBe(422);
    expect((await review({ event: 'COMMENT' })).status).toBe(422);
    expect((await review({ event: 'COMMENT', body: 'Look' })).body).toMatchObject({ state: 'COMMENTED' });
  });

  it('stand on lines of the diff only', async () => {
    const review = (line: number, path = 'src/a.txt') =>
      world.repo('POST', `/pulls/${number}/reviews`, {
        event: 'COMMENT',
        comments: [{ path, line, body: 'Hm' }],
      });
    const { body } = await review(2);
    const comments = await world.repo('GET', `/pulls/${number}/reviews/${body.id}/comments`);
    expect(comments.list).toMatchObject([{ path: 'src/a.txt', line: 2, body: 'Hm', commit_id: sha }]);
    expect((await review(9)).status).toBe(422);
    expect((await review(1, 'README.md')).status).toBe(422);
  });

  it('of people arrive in small letters and with the commit that was seen', async () => {
    const review = await world.simulator.as('ada').review(REPOSITORY, number, {
      event: 'REQUEST_CHANGES',
      body: 'Please',
      comments: [{ path: 'src/a.txt', line: 2, body: 'here' }],
    });
    const names = await world.names();
    expect(names.slice(-2)).toEqual(['pull_request_review.submitted', 'pull_request_review_comment.created']);
    expect(world.heard.at(-2)?.payload).toMatchObject({
      review: { id: review.id, state: 'changes_requested', commit_id: sha },
      pull_request: { number },
    });
    const path = `/pulls/${number}/reviews/${review.id}`;
    expect((await world.repo('GET', path)).body).toMatchObject({
      state: 'CHANGES_REQUESTED',
      body: 'Please',
    });
    await world.repo('PUT', `${path}/dismissals`, { message: 'Done' });
    expect((await world.repo('GET', path)).body).toMatchObject({ state: 'DISMISSED' });
  });

  it('stay hidden while they are pending, and are submitted once', async () => {
    const token = world.simulator.tokenFor('ada');
    const { id } = (await world.repo('POST', `/pulls/${number}/reviews`, { body: 'Later' }, token)).body;
    expect((await world.repo('GET', `/pulls/${number}/reviews`)).list).toEqual([]);
    expect((await world.repo('GET', `/pulls/${number}/reviews/${id}`)).status).toBe(404);
    const submit = { event: 'APPROVE' };
    const path = `/pulls/${number}/reviews/${id}/events`;
    expect((await world.repo('POST', path, submit, token)).body).toMatchObject({ state: 'APPROVED' });
    expect((await world.repo('POST', path, submit, token)).status).toBe(422);
  });
});

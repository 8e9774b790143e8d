import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGitHub, type World } from './github.ts';

let world: World;
let comments = '';

beforeEach(async () => {
  world = await createGitHub({ limits: { perHour: 30, contentPerMinute: 3 } });
  const { number } = await world.simulator.as('ada').openIssue('acme/widgets', { title: 'x' });
  comments = `/issues/${number}/comments`;
});

afterEach(() => world.dispose());

const comment = () => world.repo('POST', comments, { body: 'hi' });
const count = async () => (await world.repo('GET', comments)).list.length;

describe('faults', () => {
  it('strike as often as told, and only what they fit', async () => {
    world.simulator.faults.add({ method: 'POST', path: /comments$/, times: 1, kind: 'status', status: 502 });
    expect(await count()).toBe(0);
    expect((await comment()).status).toBe(502);
    expect((await comment()).status).toBe(201);
    expect(await count()).toBe(1);
  });

  it('cut the connection before anything happened', async () => {
    world.simulator.faults.add({ path: /comments/, times: 1, kind: 'reset' });
    await expect(comment()).rejects.toThrow();
    expect(await count()).toBe(0);
  });

  it('cut the connection after the effect, which the journal knows', async () => {
    world.simulator.faults.add({ path: /comments/, times: 1, kind: 'reset_after_effect' });
    await expect(comment()).rejects.toThrow();
    expect(await count()).toBe(1);
    const posts = world.simulator.requests.filter(
      (entry) => entry.path.endsWith(comments) && entry.method === 'POST',
    );
    expect(posts).toMatchObject([{ status: 201, fault: 'reset_after_effect', body: { body: 'hi' } }]);
  });

  it('delay by the simulator’s clock', async () => {
    const before = world.clock.now().getTime();
    world.simulator.faults.add({ path: /comments/, times: 1, kind: 'delay', delayMs: 5000 });
    expect((await comment()).status).toBe(201);
    expect(world.clock.now().getTime() - before).toBe(5000);
  });

  it('speak of limits as GitHub does', async () => {
    world.simulator.faults.add({ path: /comments/, times: 1, kind: 'secondary_limit', retryAfterS: 7 });
    const secondary = await comment();
    expect([secondary.status, secondary.headers.get('retry-after')]).toEqual([403, '7']);
    expect(secondary.body.message).toContain('secondary rate limit');
    world.simulator.faults.add({ path: /comments/, times: 1, kind: 'primary_limit', retryAfterS: 60 });
    const primary = await comment();
    expect(primary.headers.get('x-ratelimit-remaining')).toBe('0');
    const reset = Number(primary.headers.get('x-ratelimit-reset')) * 1000;
    expect(reset - world.clock.now().getTime()).toBe(60_000);
    expect(await count()).toBe(0);
  });
});

describe('limits', () => {
  it('stop content that comes too fast, for the rest of the minute', async () => {
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await comment()).status);
    expect(statuses).toEqual([201, 201, 201, 403]);
    world.clock.advance(60_000);
    expect((await comment()).status).toBe(201);
  });

  it('stop a caller whose hour is used up, and count down before', async () => {
    const first = await world.repo('GET', '');
    const left = Number(first.headers.get('x-ratelimit-remaining'));
    for (let index = 0; index < left; index += 1) expect((await world.repo('GET', '')).status).toBe(200);
    const refused = await world.repo('GET', '');
    expect([refused.status, refused.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
    world.clock.advance(3_600_000);
    expect((await world.repo('GET', '', undefined, world.simulator.tokenFor('ada'))).status).toBe(200);
  });
});

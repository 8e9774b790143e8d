import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGitHub, type World } from './github.ts';

let world: World;
let number = 0;

beforeAll(async () => {
  world = await createGitHub();
});

beforeEach(async () => {
  world.clock.advance(120_000);
  ({ number } = await world.simulator.as('ada').openIssue('acme/widgets', { title: 'Broken', body: 'Why?' }));
  await world.simulator.settled();
  world.heard.length = 0;
});

afterAll(() => world.dispose());

describe('comments', () => {
  it('live and die, with a signed webhook for each change', async () => {
    const made = await world.repo('POST', `/issues/${number}/comments`, { body: 'one' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      user: { login: 'muster[bot]' },
      performed_via_github_app: { slug: 'muster' },
    });
    const path = `/issues/comments/${made.body.id}`;
    world.clock.advance(5000);
    const edited = await world.repo('PATCH', path, { body: 'two' });
    expect(edited.body.body).toBe('two');
    expect(edited.body.updated_at).not.toBe(made.body.updated_at);
    expect((await world.repo('DELETE', path)).status).toBe(204);
    expect((await world.repo('GET', path)).status).toBe(404);
    expect(await world.names()).toEqual([
      'issue_comment.created',
      'issue_comment.edited',
      'issue_comment.deleted',
    ]);
    expect(world.heard.every((entry) => entry.isSigned)).toBe(true);
    expect(world.heard[1]?.payload).toMatchObject({
      changes: { body: { from: 'one' } },
      installation: { id: world.installation.id },
      repository: { full_name: 'acme/widgets' },
      sender: { login: 'muster[bot]' },
      comment: { body: 'two' },
    });
  });

  it('are found since a time', async () => {
    await world.repo('POST', `/issues/${number}/comments`, { body: 'early' });
    world.clock.advance(60_000);
    const since = encodeURIComponent(world.clock.now().toISOString());
    await world.repo('POST', `/issues/${number}/comments`, { body: 'late' });
    const { list } = await world.repo('GET', `/issues/${number}/comments?since=${since}`);
    expect(list.map((comment) => comment.body)).toEqual(['late']);
  });

  it('hold 65,536 characters and not one more', async () => {
    const path = `/issues/${number}/comments`;
    expect((await world.repo('POST', path, { body: '😀'.repeat(65_536) })).status).toBe(201);
    const refused = await world.repo('POST', path, { body: 'x'.repeat(65_537) });
    expect(refused.status).toBe(422);
    expect(refused.body.errors[0]?.message).toContain('maximum is 65536 characters');
    expect((await world.repo('POST', path, { body: ' \n' })).status).toBe(422);
    expect((await world.repo('POST', path, {})).status).toBe(422);
    expect((await world.repo('POST', path)).status).toBe(422);
  });

  it('cannot be edited by those who neither wrote them nor may write', async () => {
    const comment = world.simulator.as('ada').comment('acme/widgets', number, 'mine');
    expect(() => world.simulator.as('rea').editComment('acme/widgets', comment.id, 'theirs')).toThrow();
    world.simulator.as('wes').editComment('acme/widgets', comment.id, 'ours');
    expect(comment.body).toBe('ours');
    expect(comment.editor?.login).toBe('wes');
  });

  it('are refused on a locked issue to those who may not write', async () => {
    await world.repo('PUT', `/issues/${number}/lock`);
    const tokens = ['rea', 'wes'].map((login) => world.simulator.tokenFor(login));
    const path = `/issues/${number}/comments`;
    expect((await world.repo('POST', path, { body: 'x' }, tokens[0])).status).toBe(403);
    expect((await world.repo('POST', path, { body: 'x' }, tokens[1])).status).toBe(201);
  });
});

describe('reactions', () => {
  it('are made once: the second time is 200 with the same id', async () => {
    for (const path of [`/issues/${number}/reactions`, await commentReactions()]) {
      const first = await world.repo('POST', path, { content: 'eyes' });
      const second = await world.repo('POST', path, { content: 'eyes' });
      expect([first.status, second.status]).toEqual([201, 200]);
      expect(second.body.id).toBe(first.body.id);
      expect((await world.repo('GET', path)).list).toHaveLength(1);
      expect((await world.repo('POST', path, { content: 'shrug' })).status).toBe(422);
    }
  });
});

async function commentReactions(): Promise<string> {
  const { id } = (await world.repo('POST', `/issues/${number}/comments`, { body: 'x' })).body;
  return `/issues/comments/${id}/reactions`;
}

describe('issues', () => {
  it('are opened with labels that come into being, and tell of each', async () => {
    const { body } = await world.repo('POST', '/issues', { title: 'New', labels: ['agent:new'] });
    expect(body.labels).toMatchObject([{ name: 'agent:new', color: 'ededed' }]);
    expect(await world.names()).toEqual(['issues.opened', 'label.created', 'issues.labeled']);
  });

  it('keep who put which label on, and when', async () => {
    await world.simulator.as('tri').label('acme/widgets', number, 'bug', 'agent/x');
    await world.repo('DELETE', `/issues/${number}/labels/agent%2Fx`);
    expect((await world.repo('DELETE', `/issues/${number}/labels/agent%2Fx`)).status).toBe(404);
    for (const path of ['events', 'timeline']) {
      const { list } = await world.repo('GET', `/issues/${number}/${path}`);
      expect(list.map((event) => [event.event, event.actor.login])).toEqual([
        ['labeled', 'tri'],
        ['labeled', 'tri'],
        ['unlabeled', 'muster[bot]'],
      ]);
    }
    expect((await world.names()).filter((name) => name.startsWith('issues.'))).toEqual([
      'issues.labeled',
      'issues.labeled',
      'issues.unlabeled',
    ]);
    expect(world.heard.find((entry) => entry.name === 'issues.labeled')?.payload).toMatchObject({
      label: { name: 'bug' },
      sender: { login: 'tri' },
    });
  });

  it('are assigned to those who can be, and the others are left out in silence', async () => {
    const { body } = await world.repo('POST', `/issues/${number}/assignees`, {
      assignees: ['ada', 'rea', 'no'],
    });
    expect(body.assignees.map((user) => user.login)).toEqual(['ada']);
    expect((await world.repo('GET', '/assignees/ada')).status).toBe(204);
    expect((await world.repo('GET', '/assignees/rea')).status).toBe(404);
    expect(await world.names()).toEqual(['issues.assigned']);
  });

  it('close with a reason and open again', async () => {
    const closed = await world.repo('PATCH', `/issues/${number}`, {
      state: 'closed',
      state_reason: 'not_planned',
    });
    expect(closed.body).toMatchObject({
      state: 'closed',
      state_reason: 'not_planned',
      closed_by: { login: 'muster[bot]' },
    });
    await world.repo('PATCH', `/issues/${number}`, { state: 'closed' });
    const open = await world.repo('PATCH', `/issues/${number}`, { state: 'open', title: 'Again' });
    expect(open.body).toMatchObject({ state: 'open', closed_at: null, title: 'Again' });
    expect(await world.names()).toEqual(['issues.closed', 'issues.edited', 'issues.reopened']);
  });

  it('are listed by state, label and author, page by page', async () => {
    const all = (await world.repo('GET', '/issues?state=all&per_page=100')).list.length;
    const last = await world.repo('GET', `/issues?state=all&per_page=1&page=${all}`);
    expect(last.list).toHaveLength(1);
    expect(last.headers.get('link')).toContain('rel="prev"');
    expect(last.headers.get('link')).not.toContain('rel="next"');
    const first = await world.repo('GET', '/issues?state=all&per_page=1');
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(new URL(next).searchParams.get('page')).toBe('2');
    const own = await world.repo('GET', '/issues?creator=muster%5Bbot%5D&labels=agent:new');
    expect(own.list).toMatchObject([{ title: 'New' }]);
  });
});

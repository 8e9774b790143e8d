import { expect, it } from 'vitest';
import type { GitHubSubject } from './github-subject.ts';

/** The repository, its issues, comments, labels and people. */
export function issueContract(current: () => GitHubSubject): void {
  it('knows its repository, and a token for git', async () => {
    const { github } = current();
    expect(await github.getRepository()).toMatchObject({
      id: github.tenant.id,
      owner: github.tenant.owner,
      name: github.tenant.name,
      defaultBranch: 'main',
      isPrivate: false,
      isArchived: false,
      cloneUrl: expect.stringContaining(`${github.tenant.owner}/${github.tenant.name}`),
    });
    expect((await github.gitToken()).length).toBeGreaterThan(20);
  });

  it('reads files and folders at a ref, and nothing where there is none', async () => {
    const { github } = current();
    expect(await github.readFile('docs/a.md', null)).toBe('one\ntwo\nthree\n');
    expect(await github.readFile('docs/a.md', 'main')).toBe('one\ntwo\nthree\n');
    expect(await github.readFile('docs', null)).toBeNull();
    expect(await github.readFile('missing.md', null)).toBeNull();
    expect(await github.readFile('docs/a.md', 'no-such-branch')).toBeNull();
    expect(await github.listFolder('docs', null)).toEqual(['docs/a.md']);
    expect(await github.listFolder('missing', null)).toEqual([]);
    expect(await github.listFolder('README.md', null)).toEqual([]);
  });

  it('tells levels apart that GitHub’s `permission` folds together', async () => {
    const { github, people } = current();
    expect(await github.permissionOf(people.admin)).toBe('admin');
    expect(await github.permissionOf(people.triager)).toBe('triage');
    expect(['none', 'read']).toContain(await github.permissionOf(people.stranger));
    expect(await github.permissionOf('nobody-of-that-name')).toBe('none');
  });

  it('opens, lists, assigns and closes issues as itself', async () => {
    const { github, people } = current();
    const since = (await github.createIssue('First', 'the body', [])).updatedAt;
    await github.addLabels(1, ['bug']);
    const assigned = await github.assign(1, [people.admin, 'nobody-of-that-name']);
    expect(assigned).toEqual([people.admin]);
    await github.closeIssue(1, 'not_planned');
    const issue = await github.getIssue(1);
    expect(issue).toMatchObject({
      number: 1,
      title: 'First',
      body: 'the body',
      state: 'closed',
      labels: ['bug'],
      assignees: [people.admin],
      isPullRequest: false,
      author: { login: github.identity.login, isBot: true },
    });
    expect(await github.listIssuesBy(github.identity.login, since)).toEqual([issue]);
    expect(await github.listIssuesBy(people.admin, since)).toEqual([]);
    expect(await github.getIssue(2)).toBeNull();
  });

  it('says who changed which text last, and takes what is gone for changed by nobody', async () => {
    const { github } = current();
    const issue = await github.createIssue('First', 'the body', []);
    const asWritten = await github.createComment(1, 'as written');
    const changed = await github.createComment(1, 'to be changed');
    await github.updateComment(changed.id, 'changed');
    const editors = await github.lastEditors([issue.nodeId, asWritten.nodeId, changed.nodeId]);
    expect([...editors]).toEqual([[changed.nodeId, changed.author]]);
    expect(await github.lastEditors([])).toEqual(new Map());
    const gone = await github.lastEditors([issue.nodeId, 'IC_kwDOgonegone']);
    expect(gone.get('IC_kwDOgonegone')).toMatchObject({ id: 0, login: 'ghost' });
  });

  it('writes a comment, edits it, and finds it by time', async () => {
    const { github, later } = current();
    await github.createIssue('First', '', []);
    const old = await github.createComment(1, 'old');
    later();
    const comment = await github.createComment(1, 'new');
    expect(comment.author).toMatchObject({ login: github.identity.login, isBot: true });
    later();
    const edited = await github.updateComment(comment.id, 'edited');
    expect(edited).toMatchObject({ id: comment.id, body: 'edited', createdAt: comment.createdAt });
    expect(edited.updatedAt > comment.updatedAt).toBe(true);
    expect(await github.getComment(comment.id)).toEqual(edited);
    expect((await github.listComments(1, null)).map(({ body }) => body)).toEqual(['old', 'edited']);
    expect(await github.listComments(1, comment.createdAt)).toEqual([edited]);
    expect(await github.getComment(old.id + 1_000_000)).toBeNull();
  });

  it('lists comments beyond one page', async () => {
    const { github, later } = current();
    await github.createIssue('First', '', []);
    for (let number = 0; number < 101; number += 1) {
      if (number % 50 === 0) later();
      await github.createComment(1, `comment ${number}`);
    }
    const bodies = (await github.listComments(1, null)).map(({ body }) => body);
    expect(bodies).toHaveLength(101);
    expect(bodies.at(-1)).toBe('comment 100');
  });

  it('refuses a comment that is too long, and one on nothing', async () => {
    const { github } = current();
    await github.createIssue('First', '', []);
    await expect(github.createComment(1, 'x'.repeat(65_537))).rejects.toMatchObject({
      code: 'github_invalid',
    });
    await expect(github.createComment(9, 'x')).rejects.toMatchObject({ code: 'github_not_found' });
  });

  it('reacts once, however often it is asked', async () => {
    const { github } = current();
    const issue = await github.createIssue('First', '', []);
    const comment = await github.createComment(1, 'x');
    await github.react(issue.nodeId, 'eyes');
    await github.react(issue.nodeId, 'eyes');
    await github.react(comment.nodeId, 'confused');
    await expect(github.react('no-such-node', 'eyes')).rejects.toMatchObject({ code: 'github_not_found' });
  });

  it('puts labels on, takes them off, and knows who last did', async () => {
    const { github, later } = current();
    await github.createIssue('First', '', []);
    expect(await github.lastLabelEvent(1, 'agent:x')).toBeNull();
    await github.addLabels(1, ['agent:x', 'bug']);
    const first = await github.lastLabelEvent(1, 'agent:x');
    expect(await github.removeLabel(1, 'agent:x')).toBe(true);
    expect(await github.removeLabel(1, 'agent:x')).toBe(false);
    later();
    await github.addLabels(1, ['agent:x']);
    const second = await github.lastLabelEvent(1, 'agent:x');
    expect(second?.actor.login).toBe(github.identity.login);
    expect(second?.id).not.toBe(first?.id);
    expect((second?.createdAt ?? '') > (first?.createdAt ?? '')).toBe(true);
    expect(await github.listLabels()).toEqual(expect.arrayContaining(['bug', 'agent:x']));
  });

  it('knows what was changed on an issue, by whom, and since when', async () => {
    const { github, people, later } = current();
    await github.createIssue('First', '', []);
    await github.addLabels(1, ['old']);
    later();
    const since = (await github.createComment(1, 'now')).createdAt;
    await github.addLabels(1, ['bug']);
    await github.removeLabel(1, 'bug');
    await github.assign(1, [people.admin]);
    await github.closeIssue(1, 'completed');
    const changes = await github.listChanges(1, since);
    expect(changes.map(({ kind, of }) => [kind, of])).toEqual([
      ['labeled', 'bug'],
      ['unlabeled', 'bug'],
      ['assigned', people.admin],
      ['closed', ''],
    ]);
    expect(new Set(changes.map(({ actor }) => actor.login))).toEqual(new Set([github.identity.login]));
    await expect(github.listChanges(9, since)).rejects.toMatchObject({ code: 'github_not_found' });
  });

  it('starts a workflow that there is', async () => {
    const { github } = current();
    const started = await github.dispatchWorkflow('deploy.yml', 'main', { target: 'staging' });
    expect(started).toMatchObject({ id: expect.any(Number), url: expect.stringContaining('http') });
    await expect(github.dispatchWorkflow('missing.yml', 'main', {})).rejects.toMatchObject({
      code: 'github_not_found',
    });
  });
}

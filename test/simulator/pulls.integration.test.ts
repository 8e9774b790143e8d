import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGitHub, type World } from './github.ts';

const REPOSITORY = 'acme/widgets';

let world: World;
let branch = '';
let base = '';
let count = 0;

beforeAll(async () => {
  world = await createGitHub();
});

beforeEach(async () => {
  world.clock.advance(120_000);
  count += 1;
  branch = `muster/fix/${count}`;
  base = (await world.repo('GET', '/git/ref/heads/main')).body.object.sha;
  await world.simulator.settled();
  world.heard.length = 0;
});

afterAll(() => world.dispose());

/** A branch with one change, made as the App makes it. */
async function commitOn(name: string, files: Record<string, string>): Promise<string> {
  const tree = Object.entries(files).map(([path, content]) => ({
    path,
    mode: '100644',
    type: 'blob',
    content,
  }));
  const made = await world.repo('POST', '/git/trees', { base_tree: base, tree });
  const commit = { message: 'Fix it', tree: made.body.sha, parents: [base] };
  const { sha } = (await world.repo('POST', '/git/commits', commit)).body;
  await world.repo('POST', '/git/refs', { ref: `refs/heads/${name}`, sha });
  return sha;
}

async function openPull(extra: object = {}): Promise<{ number: number; sha: string }> {
  const sha = await commitOn(branch, { 'src/a.txt': `one\nTWO ${count}\nthree\n` });
  const { body } = await world.repo('POST', '/pulls', { title: 'Fix', head: branch, base: 'main', ...extra });
  return { number: body.number, sha };
}

describe('commits through the Git Data API', () => {
  it('are verified when the App names neither author nor committer', async () => {
    const tree = (await world.repo('GET', `/git/commits/${base}`)).body.tree as { sha: string };
    const commit = { message: 'm', tree: tree.sha, parents: [base] };
    const own = await world.repo('POST', '/git/commits', commit);
    const author = { name: 'Ada', email: 'ada@example.com' };
    const named = await world.repo('POST', '/git/commits', { ...commit, author });
    expect(own.body).toMatchObject({ verification: { verified: true }, author: { name: 'muster[bot]' } });
    expect(named.body).toMatchObject({ verification: { verified: false }, author: { name: 'Ada' } });
    expect((await world.repo('GET', `/commits/${own.body.sha}`)).body).toMatchObject({
      commit: { verification: { verified: true } },
    });
  });

  it('are published by one ref, which is made only once and never without refs/', async () => {
    const sha = await commitOn(branch, { 'b.txt': 'b' });
    const again = await world.repo('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: base });
    expect([again.status, again.body.message]).toEqual([422, 'Reference already exists']);
    expect((await world.repo('POST', '/git/refs', { ref: `heads/${branch}-x`, sha })).status).toBe(422);
    const nothing = await world.repo('POST', '/git/refs', { ref: 'refs/heads/y', sha: '0'.repeat(39) + '1' });
    expect([nothing.status, nothing.body.message]).toEqual([422, 'Object does not exist']);
    expect(await world.names()).toEqual(['create', 'push', 'check_suite.requested']);
  });

  it('wait on a ref of another kind without any webhook', async () => {
    const sha = await commitOn(branch, { 'b.txt': 'b' });
    await world.names();
    world.heard.length = 0;
    expect((await world.repo('POST', '/git/refs', { ref: 'refs/muster/r_1', sha })).status).toBe(201);
    expect((await world.repo('GET', '/git/ref/muster/r_1')).body.object.sha).toBe(sha);
    expect((await world.repo('GET', `/compare/main...${sha}`)).body).toMatchObject({
      status: 'ahead',
      ahead_by: 1,
      files: [{ filename: 'b.txt', status: 'added' }],
    });
    expect((await world.repo('DELETE', '/git/refs/muster/r_1')).status).toBe(204);
    expect(await world.names()).toEqual([]);
  });

  it('move a ref back only by force', async () => {
    const sha = await commitOn(branch, { 'b.txt': 'b' });
    const path = `/git/refs/heads/${branch}`;
    const refused = await world.repo('PATCH', path, { sha: base });
    expect([refused.status, refused.body.message]).toEqual([422, 'Update is not a fast forward']);
    expect((await world.repo('PATCH', path, { sha: base, force: true })).status).toBe(200);
    expect((await world.repo('PATCH', path, { sha })).status).toBe(200);
  });
});

describe('pull requests', () => {
  it('show their head, files and commits, and are found by their head', async () => {
    const { number, sha } = await openPull({ body: 'Why', draft: true });
    const { body } = await world.repo('GET', `/pulls/${number}`);
    expect(body).toMatchObject({
      draft: true,
      mergeable: true,
      mergeable_state: 'draft',
      head: { sha, ref: branch, repo: { full_name: REPOSITORY } },
      changed_files: 1,
    });
    expect((await world.repo('GET', `/pulls/${number}/files`)).list).toMatchObject([
      { filename: 'src/a.txt', status: 'modified', additions: 1, deletions: 1 },
    ]);
    expect((await world.repo('GET', `/pulls/${number}/commits`)).list).toMatchObject([{ sha }]);
    expect((await world.repo('GET', `/pulls?state=all&head=acme:${branch}`)).list).toMatchObject([
      { number },
    ]);
    expect((await world.repo('GET', `/issues/${number}`)).body).toMatchObject({
      pull_request: { merged_at: null },
    });
    expect(world.heard.at(-1)).toMatchObject({ name: 'pull_request.opened', isSigned: true });
  });

  it('are refused without a head, without commits, and twice', async () => {
    const create = (head: string) => world.repo('POST', '/pulls', { title: 'x', head, base: 'main' });
    const { number } = await openPull();
    const twice = await create(branch);
    expect(twice.status).toBe(422);
    expect(twice.body.errors[0]?.message).toBe(`A pull request already exists for acme:${branch}.`);
    expect((await create('missing')).body.errors).toMatchObject([{ field: 'head', code: 'invalid' }]);
    await world.repo('POST', '/git/refs', { ref: `refs/heads/${branch}-same`, sha: base });
    const empty = await create(`${branch}-same`);
    expect(empty.body.errors[0]?.message).toBe(`No commits between main and ${branch}-same`);
    expect((await world.repo('GET', `/pulls/${number + 1}`)).status).toBe(404);
  });

  it('follow their branch, whoever pushes', async () => {
    const { number, sha } = await openPull();
    await world.names();
    world.heard.length = 0;
    const pushed = await world.simulator.as('wes').push(REPOSITORY, branch, { 'c.txt': 'c' });
    expect((await world.repo('GET', `/pulls/${number}`)).body).toMatchObject({
      head: { sha: pushed },
      commits: 2,
    });
    expect(await world.names()).toEqual(['push', 'pull_request.synchronize', 'check_suite.requested']);
    expect(world.heard[1]?.payload).toMatchObject({ before: sha, after: pushed, sender: { login: 'wes' } });
    await world.simulator.as('wes').deleteBranch(REPOSITORY, branch);
    expect((await world.repo('GET', `/pulls/${number}`)).body).toMatchObject({
      state: 'closed',
      merged: false,
    });
  });

  it('merge only when ready and only at the head that was named', async () => {
    const issue = await world.simulator.as('rea').openIssue(REPOSITORY, { title: 'Broken' });
    const { number, sha } = await openPull({ draft: true, body: `Fixes #${issue.number}` });
    const merge = (body: object) => world.repo('PUT', `/pulls/${number}/merge`, body);
    expect((await merge({ sha })).status).toBe(405);
    await world.simulator.as('wes').markReady(REPOSITORY, number);
    expect((await merge({ sha: base })).status).toBe(409);
    world.simulator.repository(REPOSITORY).protectedBranches.add('main');
    expect((await merge({ sha })).status).toBe(405);
    await world.simulator.as('ada').review(REPOSITORY, number, { event: 'APPROVE' });
    world.heard.length = 0;
    const merged = await merge({ sha });
    expect(merged.body).toMatchObject({ merged: true });
    world.simulator.repository(REPOSITORY).protectedBranches.delete('main');
    expect((await world.repo('GET', '/git/ref/heads/main')).body.object.sha).toBe(merged.body.sha);
    expect((await world.repo('GET', `/issues/${issue.number}`)).body).toMatchObject({ state: 'closed' });
    expect(await world.names()).toEqual(
      expect.arrayContaining(['pull_request.closed', 'push', 'issues.closed']),
    );
    expect((await merge({ sha })).status).toBe(405);
  });

  it('do not merge in conflict', async () => {
    const { number } = await openPull();
    await world.simulator.as('ada').push(REPOSITORY, 'main', { 'src/a.txt': `one\nother ${count}\nthree\n` });
    expect((await world.repo('GET', `/pulls/${number}`)).body).toMatchObject({
      mergeable: false,
      mergeable_state: 'dirty',
    });
    const refused = await world.repo('PUT', `/pulls/${number}/merge`, {});
    expect([refused.status, refused.body.message]).toEqual([405, 'Pull Request is not mergeable']);
  });

  it('come from forks with their commits, which stay reachable in the base', async () => {
    world.simulator.createUser('fay');
    await world.simulator.fork(REPOSITORY, 'fay');
    const sha = await world.simulator.as('fay').push('fay/widgets', 'patch', { 'd.txt': 'd' });
    const input = { title: 'From outside', head: 'fay:patch' };
    const { number } = await world.simulator.as('fay').openPullRequest(REPOSITORY, input);
    expect((await world.repo('GET', `/pulls/${number}`)).body).toMatchObject({
      head: { label: 'fay:patch', repo: { fork: true } },
      user: { login: 'fay' },
    });
    expect((await world.repo('GET', `/git/ref/pull/${number}/head`)).body.object.sha).toBe(sha);
  });

  it('have no drafts on private repositories of the free plan', async () => {
    const free = await createGitHub({ plan: 'free' });
    const { simulator } = free;
    await simulator.createRepository({ owner: 'acme', name: 'secret', private: true, files: { a: 'b' } });
    simulator.setRole('acme/secret', 'ada', 'admin');
    await simulator.as('ada').push('acme/secret', 'x', { a: 'c' });
    const input = { title: 'x', head: 'x', base: 'main', draft: true };
    const refused = await free.call('POST', '/repos/acme/secret/pulls', input);
    expect([refused.status, refused.body.message]).toEqual([
      422,
      'Draft pull requests are not supported in this repository.',
    ]);
    expect((await free.call('POST', '/repos/acme/secret/pulls', { ...input, draft: false })).status).toBe(
      201,
    );
    await free.dispose();
  });
});

import { expect, it } from 'vitest';
import type { PullRequestFacts } from '../../src/ports/github.ts';
import { commitFile, type GitHubSubject, headOf } from './github-subject.ts';

const HEAD = 'muster/x/1-change';

async function openPullRequest({ github }: GitHubSubject, isDraft = false): Promise<PullRequestFacts> {
  const sha = await commitFile(github, 'docs/a.md', 'one\n2\nthree\n');
  await github.createRef(`refs/heads/${HEAD}`, sha);
  return github.createPullRequest({ title: 'Change', body: 'why', headRef: HEAD, baseRef: 'main', isDraft });
}

/** Pull requests and their reviews. */
export function pullRequestContract(current: () => GitHubSubject): void {
  it('opens a draft, makes it ready and a draft again', async () => {
    const { github } = current();
    const pull = await openPullRequest(current(), true);
    expect(pull).toMatchObject({
      title: 'Change',
      body: 'why',
      state: 'open',
      isDraft: true,
      isMerged: false,
      author: { login: github.identity.login },
      head: { ref: HEAD, repositoryId: github.tenant.id },
      base: { ref: 'main', sha: await headOf(github) },
    });
    await github.markReadyForReview(pull.nodeId);
    expect((await github.getPullRequest(pull.number))?.isDraft).toBe(false);
    await github.convertToDraft(pull.nodeId);
    expect((await github.getPullRequest(pull.number))?.isDraft).toBe(true);
    expect((await github.getIssue(pull.number))?.isPullRequest).toBe(true);
    const changes = await github.listChanges(pull.number, pull.updatedAt);
    expect(changes.map(({ kind }) => kind)).toEqual(['ready_for_review', 'converted_to_draft']);
  });

  it('finds pull requests of a branch in any state, and none of another', async () => {
    const { github } = current();
    const pull = await openPullRequest(current());
    await github.closePullRequest(pull.number);
    expect(await github.findPullRequests(HEAD)).toMatchObject([{ number: pull.number, state: 'closed' }]);
    expect(await github.findPullRequests('muster/x')).toEqual([]);
  });

  it('edits the texts that are given, and leaves the other', async () => {
    const { github } = current();
    const { number } = await openPullRequest(current());
    await github.editPullRequest(number, { title: 'Another' });
    expect(await github.getPullRequest(number)).toMatchObject({ title: 'Another', body: 'why' });
    await github.editPullRequest(number, { body: 'because' });
    expect(await github.getPullRequest(number)).toMatchObject({ title: 'Another', body: 'because' });
  });

  it('lists changed files with their hunks', async () => {
    const { github } = current();
    const pull = await openPullRequest(current());
    const [file, ...others] = await github.listPullRequestFiles(pull.number);
    expect(others).toEqual([]);
    expect(file).toMatchObject({ path: 'docs/a.md', status: 'modified', additions: 1, deletions: 1 });
    expect(file?.patch).toContain('-two\n+2');
  });

  it('refuses what changes nothing, and a second one of the same branch', async () => {
    const { github } = current();
    await openPullRequest(current());
    const again = { title: 'Again', body: '', headRef: HEAD, baseRef: 'main', isDraft: false };
    await expect(github.createPullRequest(again)).rejects.toMatchObject({ code: 'github_invalid' });
    await github.createRef('refs/heads/same', await headOf(github));
    await expect(github.createPullRequest({ ...again, headRef: 'same' })).rejects.toMatchObject({
      code: 'github_invalid',
    });
  });

  it('merges the head that was meant, and no other', async () => {
    const { github } = current();
    const pull = await openPullRequest(current());
    await expect(github.mergePullRequest(pull.number, pull.base.sha)).rejects.toMatchObject({
      code: 'github_invalid',
    });
    await github.mergePullRequest(pull.number, pull.head.sha);
    expect(await github.getPullRequest(pull.number)).toMatchObject({ isMerged: true, state: 'closed' });
    expect(await github.readFile('docs/a.md', null)).toBe('one\n2\nthree\n');
  });

  it('reviews with comments on lines, and reads them back', async () => {
    const { github } = current();
    const pull = await openPullRequest(current());
    const comments = [{ path: 'docs/a.md', line: 2, body: 'a number?' }];
    const review = await github.createReview(pull.number, {
      event: 'COMMENT',
      body: 'looked at it',
      comments,
      commitSha: pull.head.sha,
    });
    expect(review).toMatchObject({ state: 'COMMENTED', body: 'looked at it', commitSha: pull.head.sha });
    expect(await github.listReviews(pull.number)).toEqual([review]);
    expect(await github.isReviewEdited(review.nodeId)).toBe(false);
    expect(await github.listReviewComments(pull.number, review.id)).toMatchObject(comments);
    expect(await github.listReviewComments(pull.number, review.id + 1)).toEqual([]);
  });

  it('lists the discussions of a pull request with who began them', async () => {
    const { github } = current();
    const pull = await openPullRequest(current());
    expect(await github.listReviewThreads(pull.number)).toEqual([]);
    await github.createReview(pull.number, {
      event: 'COMMENT',
      body: '',
      comments: [1, 2].map((line) => ({ path: 'docs/a.md', line, body: `on ${line}` })),
      commitSha: pull.head.sha,
    });
    const threads = await github.listReviewThreads(pull.number);
    expect(threads.map(({ isResolved, comments }) => [isResolved, comments.map(({ body }) => body)])).toEqual(
      [
        [false, ['on 1']],
        [false, ['on 2']],
      ],
    );
    expect(threads[0]?.comments[0]?.author.login).toBe(github.identity.login);
  });

  it('can’t approve what it opened itself, nor comment on a line outside the change', async () => {
    const { github } = current();
    const pull = await openPullRequest(current());
    const review = { event: 'APPROVE' as const, body: 'fine', comments: [], commitSha: pull.head.sha };
    await expect(github.createReview(pull.number, review)).rejects.toMatchObject({ code: 'github_invalid' });
    const outside = {
      ...review,
      event: 'COMMENT' as const,
      comments: [{ path: 'docs/a.md', line: 99, body: 'x' }],
    };
    await expect(github.createReview(pull.number, outside)).rejects.toMatchObject({ code: 'github_invalid' });
  });

  it('knows no pull request that is an issue or nothing', async () => {
    const { github } = current();
    await github.createIssue('First', '', []);
    expect(await github.getPullRequest(1)).toBeNull();
    expect(await github.getPullRequest(2)).toBeNull();
  });
}

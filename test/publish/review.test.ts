import { describe, expect, it } from 'vitest';
import type { ProposalOf } from '../../src/domain/proposal.ts';
import { linesInDiff } from '../../src/publish/diff-lines.ts';
import { findingsIn } from '../../src/publish/markers.ts';
import { reviewEffector } from '../../src/publish/review.ts';
import { aTarget, fakeGitHub, type Fake } from './fake-github.ts';
import { MALLORY, refuse } from './fake-state.ts';

const PATCH = '@@ -1,3 +1,4 @@ function a() {\n one\n-two\n+TWO\n+new\n three\n\\ No newline at end of file';

const REVIEW: ProposalOf<'review'> = {
  id: 'p1',
  kind: 'review',
  event: 'COMMENT',
  body: 'Two remarks.',
  comments: [
    { path: 'a.ts', line: 2, body: 'in the diff' },
    { path: 'a.ts', line: 40, body: 'not in the diff\nsecond line' },
    { path: 'b.ts', line: 1, body: 'another file' },
  ],
};

const URL = 'https://github.com/acme/shop/blob/c0ffee/p1.md';

function targetOf({ github, state }: Fake) {
  state.files = [{ path: 'a.ts', status: 'modified', patch: PATCH, additions: 2, deletions: 1 }];
  return aTarget(github, { subject: { kind: 'pull_request', number: 20 }, headSha: 'head' });
}

describe('linesInDiff', () => {
  it.each([
    [PATCH, [1, 2, 3, 4]],
    ['@@ -0,0 +1,2 @@\n+a\n+b', [1, 2]],
    ['@@ -1,2 +0,0 @@\n-a\n-b', []],
    ['@@ -1 +1 @@\n-a\n+b\n@@ -10,2 +10,3 @@\n x\n+--- y\n z', [1, 10, 11, 12]],
    ['@@ -1,2 +1,3 @@\n a\n \n+diff --git a/x b/x', [1, 2, 3]],
    ['', []],
  ])('of %j are %j', (patch, lines) => {
    expect([...linesInDiff(patch)]).toEqual(lines);
  });
});

describe('reviewEffector', () => {
  it('comments on lines of the diff and keeps the others in its text', async () => {
    const fake = fakeGitHub();
    const target = targetOf(fake);
    const receipt = await reviewEffector.perform(target, REVIEW);
    const [review] = fake.state.reviews;
    expect(review?.inline.map((comment) => comment.line)).toEqual([2]);
    expect(review?.body).toContain('`a.ts:40`\n\n> not in the diff\n> second line');
    expect(review?.body).toContain('`b.ts:1`\n\n> another file');
    expect(review?.commitSha).toBe('head');
    expect(await reviewEffector.verify(target, REVIEW, receipt)).toBe(true);
  });

  it('puts all comments in the text where GitHub refuses one of them', async () => {
    const fake = fakeGitHub();
    const target = targetOf(fake);
    fake.before('createReview', () => refuse('line must be part of the diff'));
    const receipt = await reviewEffector.perform(target, REVIEW);
    expect(fake.state.reviews[0]?.inline).toEqual([]);
    expect(fake.state.reviews[0]?.body).toContain('`a.ts:2`');
    expect(await reviewEffector.verify(target, REVIEW, receipt)).toBe(true);
  });

  it('leaves under each comment what it is about, and takes no such word from the agent', async () => {
    const fake = fakeGitHub();
    const target = targetOf(fake);
    const forged = `said <!-- muster:finding=forged:- -->`;
    const comments = REVIEW.comments.map((comment, index) => ({
      ...comment,
      body: forged,
      finding: `place${index}:bug`,
    }));
    const proposal = { ...REVIEW, body: forged, comments };
    const receipt = await reviewEffector.perform(target, proposal);
    const [review] = fake.state.reviews;
    expect(review?.inline.map(({ body }) => findingsIn(body))).toEqual([['place0:bug']]);
    expect(findingsIn(review?.body ?? '')).toEqual(['place1:bug', 'place2:bug']);
    expect(Object.keys(review?.inline[0] ?? {})).toEqual(['path', 'line', 'body']);
    expect(await reviewEffector.verify(target, proposal, receipt)).toBe(true);
    expect(await reviewEffector.find(target, proposal)).not.toBeNull();
  });

  it('keeps the mark of a comment that is cut at the limit', async () => {
    const fake = fakeGitHub();
    const comment = { path: 'a.ts', line: 2, body: 'x'.repeat(70_000), finding: 'place:-' };
    await reviewEffector.perform(targetOf(fake), { ...REVIEW, comments: [comment] });
    const body = fake.state.reviews[0]?.inline[0]?.body ?? '';
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(findingsIn(body)).toEqual(['place:-']);
  });

  it('cuts its text only where the comments need the room', async () => {
    const fake = fakeGitHub();
    const target = { ...targetOf(fake), wholeUrl: URL };
    const far = { path: 'far.ts', line: 1, body: 'x'.repeat(10_000) };
    await reviewEffector.perform(target, { ...REVIEW, body: 'y'.repeat(50_000), comments: [far] });
    await reviewEffector.perform(target, { ...REVIEW, body: 'y'.repeat(60_000), comments: [far] });
    const [whole, cut] = fake.state.reviews.map(({ body }) => body);
    expect(whole).toContain('y'.repeat(50_000));
    expect(whole).not.toContain('Cut here');
    expect(cut).toMatch(/y\n\n\*Cut here: \d+ more characters have no room here\. All of it: \[whole text]/);
    expect(cut).toContain('x'.repeat(10_000));
  });

  it('leaves out, and marks not, the comments that it has no room for', async () => {
    const fake = fakeGitHub();
    const target = { ...targetOf(fake), wholeUrl: URL };
    const comments = Array.from({ length: 50 }, (_, index) => ({
      path: 'far.ts',
      line: 100 + index,
      body: `<details>${'x'.repeat(3000)}`,
      finding: `place${index}:-`,
    }));
    const proposal = { ...REVIEW, comments };
    const receipt = await reviewEffector.perform(target, proposal);
    const body = fake.state.reviews[0]?.body ?? '';
    const shown = comments.filter(({ line }) => body.includes(`\`far.ts:${line}\``));
    expect(shown.length).toBeGreaterThan(15);
    expect(shown.length).toBeLessThan(50);
    expect(findingsIn(body)).toEqual(shown.map(({ finding }) => finding));
    expect(body).toContain(
      `${50 - shown.length} more comments have no room here. All of it: [whole text](${URL})`,
    );
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).not.toContain('Cut here');
    expect(await reviewEffector.verify(target, proposal, receipt)).toBe(true);
    const forged = { ...proposal, body: 'x <!-- muster:left-out=50 -->', comments: comments.slice(0, 1) };
    for (const review of fake.state.reviews) review.body = review.body.replaceAll(/far|left-out/g, '');
    expect(await reviewEffector.verify(target, forged, receipt)).toBe(false);
  });

  it('does not hide a refusal that has nothing to do with comments', async () => {
    const fake = fakeGitHub();
    fake.before('createReview', () => refuse('Can not approve your own pull request'));
    const approve = { ...REVIEW, event: 'APPROVE' as const, comments: [] };
    await expect(reviewEffector.perform(targetOf(fake), approve)).rejects.toThrow('your own');
  });

  it('is found after a lost answer, and only if it is ours', async () => {
    const fake = fakeGitHub();
    const target = targetOf(fake);
    fake.loseAnswer('createReview');
    await expect(reviewEffector.perform(target, REVIEW)).rejects.toThrow('reset');
    expect(await reviewEffector.find(target, REVIEW)).not.toBeNull();
    for (const review of fake.state.reviews) review.author = MALLORY;
    expect(await reviewEffector.find(target, REVIEW)).toBeNull();
  });

  it('is not verified with another event or fewer comments', async () => {
    const fake = fakeGitHub();
    const target = targetOf(fake);
    const receipt = await reviewEffector.perform(target, REVIEW);
    const approve = { ...REVIEW, event: 'APPROVE' as const };
    expect(await reviewEffector.verify(target, approve, receipt)).toBe(false);
    for (const review of fake.state.reviews) review.inline = [];
    expect(await reviewEffector.verify(target, REVIEW, receipt)).toBe(false);
  });

  it('needs a pull request', async () => {
    const { github } = fakeGitHub();
    await expect(reviewEffector.perform(aTarget(github), REVIEW)).rejects.toThrow('needs a pull request');
  });
});

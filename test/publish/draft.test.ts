import { describe, expect, it } from 'vitest';
import { closeDraft, finishPullRequest } from '../../src/publish/draft.ts';
import { fakeGitHub } from './fake-github.ts';
import { aPull, MALLORY } from './fake-state.ts';

describe('finishPullRequest', () => {
  it('marks the approved head ready, once', async () => {
    const { github, state } = fakeGitHub();
    state.pulls.set(30, aPull(30));
    expect(await finishPullRequest(github, 30, 'head')).toEqual({ kind: 'ready' });
    expect(await finishPullRequest(github, 30, 'head')).toEqual({ kind: 'ready' });
    expect(state.writes).toEqual(['markReadyForReview']);
  });

  it('leaves a draft whose head is another', async () => {
    const { github, state } = fakeGitHub();
    state.pulls.set(30, aPull(30));
    expect(await finishPullRequest(github, 30, 'old')).toEqual({ kind: 'stale', headSha: 'head' });
    expect(state.writes).toEqual([]);
  });

  it('converts back to a draft when someone pushes in between', async () => {
    const { github, state, before } = fakeGitHub();
    state.pulls.set(30, aPull(30));
    before('markReadyForReview', () => state.refs.set('refs/heads/topic', 'pushed'));
    expect(await finishPullRequest(github, 30, 'head')).toEqual({ kind: 'stale', headSha: 'pushed' });
    expect(state.pulls.get(30)?.isDraft).toBe(true);
  });

  it('converts back after a crash between marking and looking', async () => {
    const { github, state } = fakeGitHub();
    state.pulls.set(30, aPull(30, { isDraft: false }));
    expect(await finishPullRequest(github, 30, 'old')).toEqual({ kind: 'stale', headSha: 'head' });
    expect(state.pulls.get(30)?.isDraft).toBe(true);
  });

  it('reports a moved head where drafts are not to be had', async () => {
    const { github, state } = fakeGitHub();
    state.hasDrafts = false;
    state.pulls.set(30, aPull(30, { isDraft: false }));
    expect(await finishPullRequest(github, 30, 'old')).toEqual({ kind: 'stale', headSha: 'head' });
  });

  it('says when it was closed meanwhile', async () => {
    const { github, state } = fakeGitHub();
    state.pulls.set(30, aPull(30, { state: 'closed' }));
    expect(await finishPullRequest(github, 30, 'head')).toEqual({ kind: 'closed' });
  });
});

describe('closeDraft', () => {
  it('closes ours and keeps its branch', async () => {
    const { github, state } = fakeGitHub();
    state.refs.set('refs/heads/topic', 'head');
    state.pulls.set(30, aPull(30));
    expect(await closeDraft(github, 30)).toBe(true);
    expect(await closeDraft(github, 30)).toBe(false);
    expect(state.refs.has('refs/heads/topic')).toBe(true);
  });

  it('closes no pull request of someone else', async () => {
    const { github, state } = fakeGitHub();
    state.pulls.set(30, aPull(30, { author: MALLORY }));
    expect(await closeDraft(github, 30)).toBe(false);
    expect(state.pulls.get(30)?.state).toBe('open');
  });
});

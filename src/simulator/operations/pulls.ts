import { invalid, invalidField } from '../errors.ts';
import type { Issue, Repository } from '../model.ts';
import { nodeIdOf } from '../node-ids.ts';
import { pullOf } from '../payloads/pull.ts';
import { nowText, type Actor, type SimulatorState } from '../state.ts';
import { emitIssue } from './emit.ts';
import { recordEvent } from './issue-events.ts';
import { buildIssue } from './issues.ts';
import { exposeHead, fetchHead } from './refs.ts';

export interface PullInput {
  title: string;
  body: string | null;
  /** `branch`, or `owner:branch` of a fork. */
  head: string;
  base: string;
  isDraft: boolean;
}

/**
 * Opens a pull request: `pull_request.opened`. 422 where head or base is missing, nothing lies between them,
 * one is open for the same head and base, or drafts aren't to be had.
 */
export async function openPull(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  input: PullInput,
): Promise<Issue> {
  const head = await resolveHead(state, repository, input.head);
  const base = await repository.git.getRef(`refs/heads/${input.base}`);
  if (base === null) throw invalidField('PullRequest', 'base', 'invalid');
  if (input.isDraft && repository.isPrivate && state.plan === 'free') {
    throw invalid('Draft pull requests are not supported in this repository.');
  }
  await fetchHead(state, repository, head);
  if (await repository.git.isAncestor(head.sha, base)) {
    const message = `No commits between ${input.base} and ${input.head}`;
    throw invalidField('PullRequest', 'base', 'custom', message);
  }
  checkNoDuplicate(repository, head, input.base);
  const issue = buildIssue(state, actor, repository, input);
  const id = state.nextId();
  issue.pull = {
    id,
    nodeId: nodeIdOf('pullRequest', id),
    head,
    base: { ref: input.base, sha: base },
    isDraft: input.isDraft,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    requestedReviewers: [],
    reviews: [],
    reviewComments: [],
  };
  repository.issues.set(issue.number, issue);
  await exposeHead(state, repository, issue);
  await emitIssue(state, actor, repository, issue, 'opened');
  return issue;
}

/** Draft to ready (`ready_for_review`) or back (`converted_to_draft`); nothing where it is so already. */
export async function setDraft(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  isDraft: boolean,
): Promise<void> {
  const pull = pullOf(issue);
  if (pull.isDraft === isDraft) return;
  if (issue.state === 'closed') throw invalid('Pull request is closed');
  if (isDraft && repository.isPrivate && state.plan === 'free') {
    throw invalid('Draft pull requests are not supported in this repository.');
  }
  pull.isDraft = isDraft;
  issue.updatedAt = nowText(state);
  recordEvent(state, actor, issue, { event: isDraft ? 'convert_to_draft' : 'ready_for_review' });
  await emitIssue(state, actor, repository, issue, isDraft ? 'converted_to_draft' : 'ready_for_review');
}

/** Points a pull request at another base branch: `edited`. 422 where there is no such branch. */
export async function changeBase(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  ref: string,
): Promise<void> {
  const pull = pullOf(issue);
  if (pull.base.ref === ref) return;
  const sha = await repository.git.getRef(`refs/heads/${ref}`);
  if (sha === null) throw invalidField('PullRequest', 'base', 'invalid');
  const changes = { base: { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } } };
  pull.base = { ref, sha };
  issue.updatedAt = nowText(state);
  recordEvent(state, actor, issue, { event: 'base_ref_changed' });
  await emitIssue(state, actor, repository, issue, 'edited', { changes });
}

async function resolveHead(
  state: SimulatorState,
  repository: Repository,
  head: string,
): Promise<{ repositoryId: number; ref: string; sha: string }> {
  const [owner, branch] = head.includes(':') ? splitHead(head) : [repository.owner.login, head];
  const source = [...state.repositories.values()].find(
    (entry) =>
      entry.owner.login.toLowerCase() === owner.toLowerCase() &&
      (entry === repository || entry.parentId === repository.id),
  );
  const sha = (await source?.git.getRef(`refs/heads/${branch}`)) ?? null;
  if (source === undefined || sha === null) throw invalidField('PullRequest', 'head', 'invalid');
  return { repositoryId: source.id, ref: branch, sha };
}

function splitHead(head: string): [string, string] {
  const colon = head.indexOf(':');
  return [head.slice(0, colon), head.slice(colon + 1)];
}

function checkNoDuplicate(
  repository: Repository,
  head: { repositoryId: number; ref: string },
  base: string,
): void {
  const isThere = [...repository.issues.values()].some(
    ({ pull, state }) =>
      state === 'open' &&
      pull?.head.repositoryId === head.repositoryId &&
      pull.head.ref === head.ref &&
      pull.base.ref === base,
  );
  if (!isThere) return;
  const message = `A pull request already exists for ${repository.owner.login}:${head.ref}.`;
  throw invalidField('PullRequest', 'head', 'custom', message);
}

import { GitHubError } from '../errors.ts';
import type { Issue, Repository } from '../model.ts';
import { pullOf } from '../payloads/pull.ts';
import { nowText, type Actor, type SimulatorState } from '../state.ts';
import { closeIssue } from './issues.ts';
import { recordEvent } from './issue-events.ts';
import { lacksApproval } from './measure.ts';
import { refMoved } from './refs.ts';

const CLOSING = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)/gi;

export interface MergeInput {
  method: 'merge' | 'squash';
  /** What the head must be, when given; else 409. */
  sha: string | undefined;
  title: string | undefined;
  message: string | undefined;
}

/**
 * Merges a pull request into its base branch: `push`, `pull_request.closed`, and the issues that it closes by
 * keyword. 405 where it is closed, a draft, in conflict or not approved on a protected branch; 409 where the
 * head is another.
 */
export async function mergePull(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  input: MergeInput,
): Promise<string> {
  const pull = pullOf(issue);
  checkMergeable(repository, issue, input.sha);
  const ref = `refs/heads/${pull.base.ref}`;
  const base = await repository.git.getRef(ref);
  const merged = base === null ? null : await writeMerge(state, actor, repository, issue, base, input);
  if (merged === null || base === null) throw new GitHubError(405, 'Pull Request is not mergeable');
  await repository.git.setRef(ref, merged, base);
  pull.mergedAt = nowText(state);
  pull.mergedBy = actor.user;
  pull.mergeCommitSha = merged;
  pull.base.sha = base;
  repository.verifiedCommits.add(merged);
  recordEvent(state, actor, issue, { event: 'merged', commitSha: merged });
  await closeIssue(state, actor, repository, issue, null);
  await refMoved(state, actor, repository, { ref, before: base, after: merged });
  if (pull.base.ref === repository.defaultBranch)
    await closeByKeyword(state, actor, repository, issue, merged);
  return merged;
}

function checkMergeable(repository: Repository, issue: Issue, sha: string | undefined): void {
  const pull = pullOf(issue);
  if (issue.state === 'closed') throw new GitHubError(405, 'Pull Request is not mergeable');
  if (pull.isDraft) throw new GitHubError(405, 'Pull Request is still a draft');
  if (sha !== undefined && sha !== pull.head.sha) {
    throw new GitHubError(409, 'Head branch was modified. Review and try the merge again.');
  }
  if (lacksApproval(repository, issue)) {
    throw new GitHubError(405, 'At least 1 approving review is required by reviewers with write access.');
  }
}

async function writeMerge(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  base: string,
  input: MergeInput,
): Promise<string | null> {
  const { git } = repository;
  const pull = pullOf(issue);
  const author = { name: actor.user.login, email: actor.user.email, date: nowText(state) };
  const from = `${repository.owner.login}/${pull.head.ref}`;
  const isSquash = input.method === 'squash';
  const title =
    input.title ??
    (isSquash ? `${issue.title} (#${issue.number})` : `Merge pull request #${issue.number} from ${from}`);
  const message = `${title}\n\n${input.message ?? (isSquash ? '' : issue.title)}`.trimEnd();
  const merged = await git.merge(base, pull.head.sha, message, author);
  const commit = merged === null ? null : await git.readCommit(merged);
  if (commit === null || !isSquash) return merged;
  return git.writeCommit({ message, tree: commit.tree, parents: [base], author });
}

async function closeByKeyword(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  commitSha: string,
): Promise<void> {
  const commit = await repository.git.readCommit(commitSha);
  const text = `${issue.body ?? ''}\n${commit?.message ?? ''}`;
  for (const match of text.matchAll(CLOSING)) {
    const target = repository.issues.get(Number(match[1]));
    if (target === undefined || target.pull !== null) continue;
    await closeIssue(state, actor, repository, target, 'completed', { commitSha });
  }
}

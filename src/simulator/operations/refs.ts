import { git } from '../git/command.ts';
import type { CommitObject } from '../git/objects.ts';
import type { Issue, Repository } from '../model.ts';
import type { Payload } from '../payloads/account.ts';
import { webUrl } from '../payloads/repository.ts';
import { nowText, type Actor, type SimulatorState } from '../state.ts';
import { requestSuites } from './checks.ts';
import { commitsBetween } from './commits.ts';
import { emitIssue, emitOn } from './emit.ts';
import { recordEvent } from './issue-events.ts';
import { closeIssue } from './issues.ts';

/** One ref that moved: `before` is null where it was made, `after` null where it was deleted. */
export interface RefMove {
  ref: string;
  before: string | null;
  after: string | null;
}

const NONE = '0'.repeat(40);

/**
 * What GitHub does after a ref has moved, by the API or by a push: `create`, `delete` and `push`; pull requests
 * from that branch follow (`synchronize`, or `closed` when the branch went); check suites are asked for.
 * Refs that are neither branches nor tags move in silence.
 */
export async function refMoved(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  move: RefMove,
): Promise<void> {
  const match = /^refs\/(heads|tags)\/(.+)$/.exec(move.ref);
  if (match === null || move.before === move.after) return;
  const [, group, name = ''] = match;
  repository.pushedAt = nowText(state);
  const ref_type = group === 'heads' ? 'branch' : 'tag';
  if (move.before === null || move.after === null) {
    const fields = {
      ref: name,
      ref_type,
      pusher_type: 'user',
      ...(move.before === null ? { master_branch: repository.defaultBranch, description: null } : {}),
    };
    const event = move.before === null ? 'create' : 'delete';
    emitOn(state, actor, repository, { name: event, action: null, fields });
  }
  const fields = await pushFields(state, actor, repository, move);
  emitOn(state, actor, repository, { name: 'push', action: null, fields });
  if (ref_type === 'tag') return;
  await followPulls(state, actor, repository, name, move);
  if (move.after !== null) await requestSuites(state, actor, repository, name, move.before, move.after);
}

async function pushFields(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  { ref, before, after }: RefMove,
): Promise<Payload> {
  const store = repository.git;
  const base = before ?? (await store.getRef(`refs/heads/${repository.defaultBranch}`));
  const commits = after === null ? [] : await commitsBetween(store, base === after ? null : base, after);
  const shown = commits.map((commit) => commitFields(state, repository, commit));
  const head = after === null ? null : await store.readCommit(after);
  const isForced = before !== null && after !== null && !(await store.isAncestor(before, after));
  return {
    ref,
    before: before ?? NONE,
    after: after ?? NONE,
    base_ref: null,
    created: before === null,
    deleted: after === null,
    forced: isForced,
    compare: `${webUrl(state, repository)}/compare/${(before ?? NONE).slice(0, 12)}...${(after ?? NONE).slice(0, 12)}`,
    commits: before === null && base === after ? [] : shown,
    head_commit: head === null ? null : commitFields(state, repository, head),
    pusher: { name: actor.user.login, email: actor.user.email },
  };
}

function commitFields(state: SimulatorState, repository: Repository, commit: CommitObject): Payload {
  const person = { name: commit.author.name, email: commit.author.email };
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.author.date,
    url: `${webUrl(state, repository)}/commit/${commit.sha}`,
    author: person,
    committer: person,
    added: [],
    removed: [],
    modified: [],
  };
}

async function followPulls(
  state: SimulatorState,
  actor: Actor,
  headRepository: Repository,
  branch: string,
  move: RefMove,
): Promise<void> {
  for (const repository of state.repositories.values()) {
    for (const issue of repository.issues.values()) {
      const { head } = issue.pull ?? {};
      if (issue.state !== 'open' || head?.repositoryId !== headRepository.id || head.ref !== branch) continue;
      await followPull(state, actor, repository, issue, move);
    }
  }
}

async function followPull(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  { before, after }: RefMove,
): Promise<void> {
  if (issue.pull === null) return;
  if (after === null) {
    await closeIssue(state, actor, repository, issue, null);
    return;
  }
  issue.pull.head.sha = after;
  issue.updatedAt = nowText(state);
  await exposeHead(state, repository, issue);
  if (before !== null && !(await repository.git.isAncestor(before, after))) {
    recordEvent(state, actor, issue, { event: 'head_ref_force_pushed', commitSha: after });
  }
  await emitIssue(state, actor, repository, issue, 'synchronize', { before: before ?? NONE, after });
}

/** Keeps `refs/pull/<number>/head` in the base repository, as GitHub does, so that forks' commits are there. */
export async function exposeHead(state: SimulatorState, repository: Repository, issue: Issue): Promise<void> {
  if (issue.pull === null) return;
  await fetchHead(state, repository, issue.pull.head);
  await repository.git.setRef(`refs/pull/${issue.number}/head`, issue.pull.head.sha);
}

/** Brings a fork's commit into the base repository's objects. */
export async function fetchHead(
  state: SimulatorState,
  repository: Repository,
  head: { repositoryId: number | null; sha: string },
): Promise<void> {
  const from = head.repositoryId === null ? undefined : state.repositories.get(head.repositoryId);
  if (from === undefined || from === repository) return;
  await git(repository.git.dir, ['fetch', '--quiet', '--no-tags', from.git.dir, head.sha]);
}

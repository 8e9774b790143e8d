import type { Issue, Repository } from '../model.ts';
import { pullOf, type PullMeasures } from '../payloads/pull.ts';
import { hasRole, roleOf } from '../roles.ts';
import { nowText, type SimulatorState } from '../state.ts';
import { commitsBetween } from './commits.ts';

type GitMeasures = Omit<PullMeasures, 'isBlocked'>;

/** Two commits never compare differently, so git is asked once for each pair. */
const known = new WeakMap<Repository, Map<string, Promise<GitMeasures>>>();

/** How a pull request stands against its base branch as it is now. */
export async function measurePull(
  state: SimulatorState,
  repository: Repository,
  issue: Issue,
): Promise<PullMeasures> {
  const pull = pullOf(issue);
  const base = (await repository.git.getRef(`refs/heads/${pull.base.ref}`)) ?? pull.base.sha;
  const cache = known.get(repository) ?? new Map<string, Promise<GitMeasures>>();
  known.set(repository, cache);
  const key = `${base}...${pull.head.sha}`;
  const measures = cache.get(key) ?? measureCommits(state, repository, base, pull.head.sha);
  cache.set(key, measures);
  return { ...(await measures), isBlocked: lacksApproval(repository, issue) };
}

/** True where the base branch is protected and nobody with write access approved the present state. */
export function lacksApproval(repository: Repository, issue: Issue): boolean {
  const pull = pullOf(issue);
  if (!repository.protectedBranches.has(pull.base.ref)) return false;
  const latest = new Map(
    pull.reviews
      .filter((review) => review.state !== 'COMMENTED' && review.state !== 'PENDING')
      .map((review) => [review.author.id, review]),
  );
  return ![...latest.values()].some(
    (review) => review.state === 'APPROVED' && hasRole(roleOf(repository, review.author), 'write'),
  );
}

async function measureCommits(
  state: SimulatorState,
  repository: Repository,
  base: string,
  head: string,
): Promise<GitMeasures> {
  const { git } = repository;
  const author = { name: 'GitHub', email: 'noreply@github.com', date: nowText(state) };
  const comparison = await git.compare(base, head);
  const trial = await git.merge(base, head, 'Test merge', author);
  const commits = await commitsBetween(git, base, head);
  return {
    mergeable: trial !== null,
    commits: commits.length,
    changedFiles: comparison.files.length,
    additions: comparison.files.reduce((sum, file) => sum + file.additions, 0),
    deletions: comparison.files.reduce((sum, file) => sum + file.deletions, 0),
  };
}

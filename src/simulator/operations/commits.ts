import type { CommitObject } from '../git/objects.ts';
import type { GitRepository } from '../git/repository.ts';

/** GitHub lists at most this many commits of a pull request or comparison. */
const MAX_COMMITS = 250;

/** Commits that `head` has and `base` has not, oldest first; all of them where `base` is null. */
export async function commitsBetween(
  git: GitRepository,
  base: string | null,
  head: string,
): Promise<CommitObject[]> {
  const found: CommitObject[] = [];
  const seen = new Set<string>();
  const queue = [head];
  for (let sha = queue.shift(); sha !== undefined; sha = queue.shift()) {
    if (seen.has(sha) || found.length >= MAX_COMMITS) continue;
    seen.add(sha);
    if (base !== null && (sha === base || (await git.isAncestor(sha, base)))) continue;
    const commit = await git.readCommit(sha);
    if (commit === null) continue;
    found.push(commit);
    queue.push(...commit.parents);
  }
  return found.reverse();
}

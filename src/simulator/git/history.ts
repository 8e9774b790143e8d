import { readCommit } from './objects.ts';

const MAX_COMMITS = 100;

/**
 * The commit and all that it contains. Null where it is missing, or where they are so many that git, which starts
 * slowly, walks them faster.
 */
export async function historyOf(dir: string, sha: string): Promise<Set<string> | null> {
  const history = new Set([sha]);
  for (const next of history) {
    const commit = await readCommit(dir, next);
    if (commit === null || history.size > MAX_COMMITS) return null;
    for (const parent of commit.parents) history.add(parent);
  }
  return history;
}

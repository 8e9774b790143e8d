import { invalid } from '../errors.ts';
import type { Repository } from '../model.ts';

/** The commit that a sha, branch, tag or `heads/…` stands for; throws GitHub's 422. */
export async function commitNamed(repository: Repository, name: string): Promise<string> {
  const sha = await findCommit(repository, name);
  if (sha === null) throw invalid(`No commit found for SHA: ${name}`);
  return sha;
}

/** The same, null where there is none. */
export async function findCommit(repository: Repository, name: string): Promise<string | null> {
  return repository.git.resolveCommit(name);
}

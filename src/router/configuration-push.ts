import { z } from 'zod';

const FOLDER = '.github/';
/** GitHub names the files of so many commits of a push. */
const LISTED_COMMITS = 20;

const paths = z.array(z.string()).optional();

const push = z.object({
  ref: z.string(),
  repository: z.object({ default_branch: z.string() }),
  commits: z.array(z.object({ added: paths, modified: paths, removed: paths })),
});

/**
 * True for a push to the default branch that changes `.github/`, or that doesn't tell what it changes: the
 * configuration and the agent files have to be read again.
 */
export function mayChangeConfiguration(event: string, payload: unknown): boolean {
  if (event !== 'push') return false;
  const read = push.safeParse(payload);
  if (!read.success || read.data.ref !== `refs/heads/${read.data.repository.default_branch}`) return false;
  const { commits } = read.data;
  if (commits.length === 0 || commits.length >= LISTED_COMMITS) return true;
  return commits.some(({ added = [], modified = [], removed = [] }) =>
    [...added, ...modified, ...removed].some((path) => path.startsWith(FOLDER)),
  );
}

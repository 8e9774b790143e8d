import { MusterError } from '../../domain/errors.ts';
import type { Session } from '../session.ts';

/** A file of a commit, or null where there is none and where it is larger than GitHub hands out. */
export async function readSmallFile(
  session: Session,
  path: string,
  sha: string | null,
): Promise<string | null> {
  try {
    return await session.github.readFile(path, sha);
  } catch (error) {
    if (error instanceof MusterError && !error.isRetryable && error.code !== 'github_unauthorized')
      return null;
    throw error;
  }
}

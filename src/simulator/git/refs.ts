import { MusterError } from '../../domain/errors.ts';
import { git, gitFailure, runGit } from './command.ts';
import { readLooseRef } from './loose.ts';
import { isSha } from './objects.ts';

/**
 * One change of a ref. `sha: null` deletes. `expected` is what it must point at now, null for nothing;
 * absent, it may point anywhere.
 */
export interface RefChange {
  ref: string;
  sha: string | null;
  expected?: string | null;
}

const NONE = '0'.repeat(40);

/** The object that a full ref (`refs/heads/main`) points at, or null. */
export async function getRef(dir: string, ref: string): Promise<string | null> {
  if (!ref.startsWith('refs/') || ref.includes('\0')) return null;
  const loose = await readLooseRef(dir, ref);
  if (loose !== null) return loose.sha;
  const result = await runGit(dir, ['show-ref', '--verify', '--hash', '--', ref]);
  return result.code === 0 ? result.stdout.toString('utf8').trim() : null;
}

/** Refs whose full name starts with the prefix, sorted by name. */
export async function listRefs(dir: string, prefix: string): Promise<{ ref: string; sha: string }[]> {
  const output = await git(dir, ['for-each-ref', '--format=%(objectname) %(refname)']);
  return output
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ sha: line.slice(0, 40), ref: line.slice(41) }))
    .filter((entry) => entry.ref.startsWith(prefix));
}

/**
 * Applies all changes in one transaction, or none. Throws `git_conflict` where a ref is not what was
 * expected, `git_invalid` for a name or object that git refuses.
 */
export async function changeRefs(dir: string, changes: RefChange[]): Promise<void> {
  for (const change of changes) assertWellFormed(change);
  const args = ['update-ref', '-z', '--no-deref', '--stdin'];
  const result = await runGit(dir, args, changes.map(instruction).join(''));
  if (result.code === 0) return;
  const cause = gitFailure(args, result);
  if (/but expected|already exists|is missing|unable to resolve|Unable to create/.test(result.stderr)) {
    throw new MusterError('git_conflict', 'a ref is not what was expected', { cause });
  }
  throw new MusterError('git_invalid', `git refused the refs: ${result.stderr.trim()}`, { cause });
}

/** Throws `git_not_found` where it doesn't exist. */
export async function deleteRef(dir: string, ref: string): Promise<void> {
  const expected = await getRef(dir, ref);
  if (expected === null) throw new MusterError('git_not_found', `no ref ${ref}`, { value: ref });
  await changeRefs(dir, [{ ref, sha: null, expected }]);
}

function instruction(change: RefChange): string {
  const { ref, sha, expected } = change;
  if (sha === null && expected === null) return `verify ${ref}\0${NONE}\0`;
  if (sha === null) return `delete ${ref}\0${expected ?? ''}\0`;
  if (expected === undefined) return `update ${ref}\0${sha}\0\0`;
  return `update ${ref}\0${sha}\0${expected ?? NONE}\0`;
}

function assertWellFormed({ ref, sha, expected }: RefChange): void {
  const isMalformed =
    !ref.startsWith('refs/') ||
    /[\0\n]/.test(ref) ||
    [sha, expected].some((value) => typeof value === 'string' && !isSha(value));
  if (isMalformed) throw new MusterError('git_invalid', `not a full ref and sha: ${ref}`, { value: ref });
}

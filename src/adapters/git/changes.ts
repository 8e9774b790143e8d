import { digestOf } from '../../domain/digest.ts';
import { MusterError } from '../../domain/errors.ts';
import type { FileChange } from '../../domain/proposal.ts';
import { captureFile, type FileState } from './files.ts';
import type { Git, GitResult } from './git.ts';
import { zeroSeparated } from './listing.ts';

const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_TOTAL_CHARACTERS = 40 * 1024 * 1024;
const MAX_FILES = 3000;

/** What the edit tools left, by path: anything else that changed, a command changed. */
export interface EditRecord {
  note(state: FileState): void;
  originOf(state: FileState): FileChange['origin'];
}

export function createEditRecord(): EditRecord {
  const digests = new Map<string, string>();
  return {
    note: (state) => void digests.set(state.path, digestOf(state)),
    originOf: (state) => (digests.get(state.path) === digestOf(state) ? 'edit' : 'command'),
  };
}

/**
 * The paths, sorted, at which the tree differs from the commit: changed, deleted, new and not ignored.
 * The index is the commit's and is never added to; submodules are left alone.
 */
export async function changedPaths(git: Git): Promise<string[]> {
  // Exit code 1 says that some files differ, which is what is asked next.
  await git(['update-index', '-q', '--refresh', '--ignore-submodules']);
  const tracked = await git(['diff-files', '--name-only', '-z', '--no-renames', '--ignore-submodules=all']);
  const untracked = await git(['ls-files', '-z', '--others', '--exclude-standard']);
  const paths = [...outputOf(tracked), ...outputOf(untracked)];
  // A folder with a repository in it is listed with a slash: nothing that a commit could hold.
  return [...new Set(paths)].filter((file) => !file.endsWith('/')).sort();
}

/** These paths as they stand, in order; `changes_too_large` past what a commit by API can carry. */
export async function captureAll(
  root: string,
  paths: readonly string[],
  edits: EditRecord,
): Promise<FileChange[]> {
  if (paths.length > MAX_FILES) throw tooLarge(`${paths.length} files differ; ${MAX_FILES} can.`);
  const changes: FileChange[] = [];
  let characters = 0;
  for (const filePath of paths) {
    const state = await capture(root, filePath);
    characters += state.content?.length ?? 0;
    if (characters > MAX_TOTAL_CHARACTERS) throw tooLarge(`They end at \`${filePath}\`.`);
    changes.push({ ...state, origin: edits.originOf(state) });
  }
  return changes;
}

async function capture(root: string, filePath: string): Promise<FileState> {
  try {
    return await captureFile(root, filePath, MAX_FILE_BYTES);
  } catch (error) {
    if (!(error instanceof MusterError) || error.code !== 'file_too_large') throw error;
    throw tooLarge(`\`${filePath}\` alone is past ${MAX_FILE_BYTES} bytes.`);
  }
}

function outputOf(result: GitResult): string[] {
  if (result.exitCode === 0) return zeroSeparated(result.stdout);
  throw new MusterError('git_failed', `git could not compare the work tree: ${result.stderr.trim()}`);
}

function tooLarge(detail: string): MusterError {
  return new MusterError(
    'changes_too_large',
    `The changes are too large: ${detail} Delete or ignore what was generated.`,
  );
}

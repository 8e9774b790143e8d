import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { git } from './command.ts';
import { commitOf, compare } from './compare.ts';
import type { Comparison } from './compare.ts';
import { isAncestor, merge } from './merge.ts';
import {
  readCommit,
  readObject,
  readTree,
  resolveCommit,
  typesOf,
  writeBlob,
  writeCommit,
} from './objects.ts';
import type { CommitAuthor, CommitInput, CommitObject, TreeItem } from './objects.ts';
import { changeRefs, deleteRef, getRef, listRefs } from './refs.ts';
import type { RefChange } from './refs.ts';
import { readPath, writeTree } from './trees.ts';
import type { TreeChange } from './trees.ts';

/**
 * A bare repository on disk, driven through the git command (2.38 or newer) where its files don't say it all. Throws `MusterError`: `git_not_found`,
 * `git_invalid` (what GitHub answers 422 to), `git_conflict` (a ref is not what was expected).
 */
export interface GitRepository {
  readonly dir: string;
  /** By full name; null where it doesn't exist. */
  getRef(ref: string): Promise<string | null>;
  /** `expected: null` means that it must not exist. */
  setRef(ref: string, sha: string, expected?: string | null): Promise<void>;
  deleteRef(ref: string): Promise<void>;
  /** All or nothing. */
  changeRefs(changes: RefChange[]): Promise<void>;
  listRefs(prefix: string): Promise<{ ref: string; sha: string }[]>;
  /** The commit that a branch, tag, full ref or sha stands for. */
  resolveCommit(name: string): Promise<string | null>;
  /** `blob`, `tree`, `commit` or `tag`; null where there is no such object. */
  typeOf(sha: string): Promise<string | null>;
  writeBlob(bytes: Uint8Array): Promise<string>;
  readBlob(sha: string): Promise<Uint8Array | null>;
  /** `baseTree` is a tree or commit sha. */
  writeTree(baseTree: string | null, entries: TreeChange[]): Promise<string>;
  readTree(sha: string, recursive: boolean): Promise<TreeItem[]>;
  writeCommit(input: CommitInput): Promise<string>;
  readCommit(sha: string): Promise<CommitObject | null>;
  /** The empty path is the root. */
  readPath(
    commitOrRef: string,
    path: string,
  ): Promise<{ type: 'blob' | 'tree'; sha: string; mode: string } | null>;
  compare(base: string, head: string): Promise<Comparison>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** Writes a merge commit and returns its sha, moving no ref; null on a conflict. */
  merge(base: string, head: string, message: string, author: CommitAuthor): Promise<string | null>;
  /** Commits files (path → text) on top of the branch, which is made where it is missing. */
  seed(files: Record<string, string>, message: string, branch: string): Promise<string>;
}

const SEED_AUTHOR: CommitAuthor = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  date: '2026-01-05T09:00:00Z',
};

/** Nothing is collected: a waiting commit may lie unreachable for a while. */
const SETTINGS = `[core]
	repositoryformatversion = 0
	bare = true
	filesRefLockTimeout = 5000
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[gc]
	auto = 0
[receive]
	autogc = false
`;

/** Opens the bare repository in a folder, making it where there is none. */
export async function createGitRepository(dir: string): Promise<GitRepository> {
  if (!existsSync(path.join(dir, 'HEAD'))) await initialise(dir);
  const compareCommits = remembering((base, head: string) => compare(dir, base, head));
  return {
    dir,
    getRef: (ref) => getRef(dir, ref),
    setRef: (ref, sha, expected) =>
      changeRefs(dir, [expected === undefined ? { ref, sha } : { ref, sha, expected }]),
    deleteRef: (ref) => deleteRef(dir, ref),
    changeRefs: (changes) => changeRefs(dir, changes),
    listRefs: (prefix) => listRefs(dir, prefix),
    resolveCommit: (name) => resolveCommit(dir, name),
    typeOf: async (sha) => (await typesOf(dir, [sha]))[0] ?? null,
    writeBlob: (bytes) => writeBlob(dir, bytes),
    readBlob: remembering((sha) => readObject(dir, 'blob', sha)),
    writeTree: (baseTree, entries) => writeTree(dir, baseTree, entries),
    readTree: remembering((sha, recursive: boolean) => readTree(dir, sha, recursive)),
    writeCommit: (input) => writeCommit(dir, input),
    readCommit: remembering((sha) => readCommit(dir, sha)),
    readPath: remembering((commitOrRef, file: string) => readPath(dir, commitOrRef, file)),
    compare: async (base, head) => compareCommits(await commitOf(dir, base), await commitOf(dir, head)),
    isAncestor: (ancestor, descendant) => isAncestor(dir, ancestor, descendant),
    merge: (base, head, message, author) => merge(dir, { base, head, message, author }),
    seed: (files, message, branch) => seed(dir, { files, message, branch }),
  };
}

/** What stands under a full SHA never changes: once found, no process is started for it again. */
function remembering<A extends (string | boolean)[], T>(
  read: (name: string, ...more: A) => Promise<T>,
): (name: string, ...more: A) => Promise<T> {
  const known = new Map<string, T>();
  return async (name, ...more) => {
    const key = [name, ...more].join('\n');
    const value = known.get(key) ?? (await read(name, ...more));
    if (value !== null && /^[0-9a-f]{40}$/.test(name)) known.set(key, value);
    return value;
  };
}

/** What git needs to take a folder for a bare repository. */
async function initialise(dir: string): Promise<void> {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) {
    await mkdir(path.join(dir, folder), { recursive: true });
  }
  await writeFile(path.join(dir, 'config'), SETTINGS);
  await writeFile(path.join(dir, 'HEAD'), 'ref: refs/heads/main\n');
}

async function seed(
  dir: string,
  { files, message, branch }: { files: Record<string, string>; message: string; branch: string },
): Promise<string> {
  const ref = `refs/heads/${branch}`;
  const parent = await getRef(dir, ref);
  const changes: TreeChange[] = [];
  for (const [file, content] of Object.entries(files)) {
    const sha = await writeBlob(dir, Buffer.from(content));
    changes.push({ path: file, mode: '100644', type: 'blob', sha });
  }
  const tree = await writeTree(dir, parent, changes);
  const parents = parent === null ? [] : [parent];
  const sha = await writeCommit(dir, { message, tree, parents, author: SEED_AUTHOR });
  await changeRefs(dir, [{ ref, sha, expected: parent }]);
  if ((await resolveCommit(dir, 'HEAD')) === null) await git(dir, ['symbolic-ref', 'HEAD', ref]);
  return sha;
}

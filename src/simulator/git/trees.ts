import { MusterError } from '../../domain/errors.ts';
import { git, nulFields } from './command.ts';
import { EMPTY_TREE, isSha, readTree, resolveCommit } from './objects.ts';

/** One change to a tree. `path` may lie in nested folders; `sha: null` deletes a file or a folder. */
export interface TreeChange {
  path: string;
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  sha: string | null;
}

type Entry = { mode: string; type: string; sha: string };

const MODES: Record<TreeChange['type'], readonly string[]> = {
  blob: ['100644', '100755', '120000'],
  tree: ['040000'],
  commit: ['160000'],
};

/**
 * Writes the base with the changes applied in order and returns the new tree's sha; folders that become
 * empty vanish. `base` is a tree or commit sha, or null for none. Throws `git_invalid` for a malformed path,
 * a mode that is not the type's, a missing object, or a deletion of what isn't there, as GitHub does.
 */
export async function writeTree(dir: string, base: string | null, changes: TreeChange[]): Promise<string> {
  for (const change of changes) assertWellFormed(change);
  const root = base === null ? null : ((await resolveCommit(dir, base)) ?? base);
  const entry = root === null ? null : { mode: '040000', type: 'tree', sha: root };
  return (await applyTo(dir, entry, changes)) ?? (await writeEmptyTree(dir));
}

/** What stands at a path of a commit; the empty path is the root. Null for nothing and for submodules. */
export async function readPath(
  dir: string,
  commitOrRef: string,
  path: string,
): Promise<{ type: 'blob' | 'tree'; sha: string; mode: string } | null> {
  const commit = await resolveCommit(dir, commitOrRef);
  const wanted = path.replace(/^\/+|\/+$/g, '');
  if (commit === null) return null;
  if (wanted === '') {
    const root = await git(dir, ['rev-parse', `${commit}^{tree}`]);
    return { type: 'tree', sha: root.toString('utf8').trim(), mode: '040000' };
  }
  if (isMalformed(wanted)) return null;
  const [line = ''] = nulFields(await git(dir, ['ls-tree', '-z', '--full-tree', commit, '--', wanted]));
  const [, mode = '', type = '', sha = ''] = /^(\d+) (\w+) ([0-9a-f]+)\t/.exec(line) ?? [];
  return type === 'blob' || type === 'tree' ? { type, sha, mode } : null;
}

async function applyTo(dir: string, folder: Entry | null, changes: TreeChange[]): Promise<string | null> {
  const entries = new Map<string, Entry>();
  if (folder?.type === 'tree') {
    for (const item of await readTree(dir, folder.sha, false)) entries.set(item.path, item);
  }
  for (const [name, inside] of groupByFirstPart(changes)) {
    await applyToEntry(dir, entries, name, inside);
  }
  return entries.size === 0 ? null : await makeTree(dir, entries);
}

/** Changes of the entry itself and changes inside it keep their order: the last one wins. */
async function applyToEntry(
  dir: string,
  entries: Map<string, Entry>,
  name: string,
  changes: TreeChange[],
): Promise<void> {
  let nested: TreeChange[] = [];
  const flush = async (): Promise<void> => {
    if (nested.length === 0) return;
    const sha = await applyTo(dir, entries.get(name) ?? null, nested);
    if (sha === null) entries.delete(name);
    else entries.set(name, { mode: '040000', type: 'tree', sha });
    nested = [];
  };
  for (const change of changes) {
    if (change.path !== '') {
      nested.push(change);
      continue;
    }
    await flush();
    if (change.sha !== null) entries.set(name, { mode: change.mode, type: change.type, sha: change.sha });
    else if (!entries.delete(name)) throw invalid(`nothing to delete at ${name}`);
  }
  await flush();
}

function groupByFirstPart(changes: TreeChange[]): Map<string, TreeChange[]> {
  const groups = new Map<string, TreeChange[]>();
  for (const change of changes) {
    const slash = change.path.indexOf('/');
    const name = slash === -1 ? change.path : change.path.slice(0, slash);
    const rest = slash === -1 ? '' : change.path.slice(slash + 1);
    groups.set(name, [...(groups.get(name) ?? []), { ...change, path: rest }]);
  }
  return groups;
}

async function makeTree(dir: string, entries: Map<string, Entry>): Promise<string> {
  const input = [...entries].map(([name, entry]) => `${entry.mode} ${entry.type} ${entry.sha}\t${name}\0`);
  try {
    return (await git(dir, ['mktree', '-z'], input.join(''))).toString('utf8').trim();
  } catch (cause) {
    throw new MusterError('git_invalid', 'the tree names an object that does not exist', { cause });
  }
}

async function writeEmptyTree(dir: string): Promise<string> {
  await git(dir, ['mktree', '-z'], '');
  return EMPTY_TREE;
}

function assertWellFormed(change: TreeChange): void {
  if (isMalformed(change.path)) throw invalid(`malformed path ${JSON.stringify(change.path)}`);
  if (change.sha === null) return;
  if (!MODES[change.type].includes(change.mode)) {
    throw invalid(`mode ${change.mode} is not one of a ${change.type}`);
  }
  if (!isSha(change.sha)) throw invalid(`not a sha: ${change.sha}`);
}

function isMalformed(path: string): boolean {
  return path.includes('\0') || path.split('/').some((part) => /^(?:|\.|\.\.|\.git)$/i.test(part));
}

function invalid(message: string): MusterError {
  return new MusterError('git_invalid', message);
}

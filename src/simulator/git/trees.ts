import { MusterError } from '../../domain/errors.ts';
import { writeLooseObject } from './loose.ts';
import { isSha, readCommit, readObject, resolveCommit, typesOf } from './objects.ts';

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
  const entry = base === null ? null : { mode: '040000', type: 'tree', sha: await rootOf(dir, base) };
  return (await applyTo(dir, entry, changes)) ?? (await makeTree(dir, new Map()));
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
  if (wanted !== '' && isMalformed(wanted)) return null;
  let found: Entry | null = { mode: '040000', type: 'tree', sha: await rootOf(dir, commit) };
  for (const part of wanted.split('/').filter((name) => name !== '')) {
    if (found?.type !== 'tree') return null;
    found = (await entriesOf(dir, found.sha)).get(part) ?? null;
  }
  const { type, sha, mode } = found ?? { type: '', sha: '', mode: '' };
  return type === 'blob' || type === 'tree' ? { type, sha, mode } : null;
}

/** The tree of a commit; what is none stands for itself. */
async function rootOf(dir: string, name: string): Promise<string> {
  const commit = await resolveCommit(dir, name);
  return (commit === null ? null : await readCommit(dir, commit))?.tree ?? name;
}

/** Each entry is `mode name\0` and the twenty bytes of its sha. Throws `git_not_found`. */
async function entriesOf(dir: string, sha: string): Promise<Map<string, Entry>> {
  const content = await readObject(dir, 'tree', sha);
  if (content === null) throw new MusterError('git_not_found', `no tree ${sha}`, { value: sha });
  const entries = new Map<string, Entry>();
  for (let at = 0; at < content.length;) {
    const end = content.indexOf(0, at);
    const [, mode = '', name = ''] = /^(\d+) ([^]*)$/.exec(content.toString('utf8', at, end)) ?? [];
    at = end + 21;
    entries.set(name, {
      mode: mode.padStart(6, '0'),
      type: mode === '40000' ? 'tree' : mode === '160000' ? 'commit' : 'blob',
      sha: content.toString('hex', end + 1, at),
    });
  }
  return entries;
}

async function applyTo(dir: string, folder: Entry | null, changes: TreeChange[]): Promise<string | null> {
  const entries = folder?.type === 'tree' ? await entriesOf(dir, folder.sha) : new Map<string, Entry>();
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
  await assertPresent(dir, [...entries.values()]);
  const lines = [...entries].map(([name, { mode, type, sha }]) => ({
    // Git's order: by bytes, a folder as if its name ended with a slash.
    key: Buffer.from(type === 'tree' ? `${name}/` : name),
    line: Buffer.concat([Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(sha, 'hex')]),
  }));
  lines.sort((left, right) => left.key.compare(right.key));
  return writeLooseObject(dir, 'tree', Buffer.concat(lines.map(({ line }) => line)));
}

/** A submodule's commit lies elsewhere. */
async function assertPresent(dir: string, entries: Entry[]): Promise<void> {
  const own = entries.filter(({ type }) => type !== 'commit');
  const types = await typesOf(
    dir,
    own.map(({ sha }) => sha),
  );
  if (own.some(({ type }, index) => types[index] !== type)) {
    throw invalid('the tree names an object that does not exist');
  }
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

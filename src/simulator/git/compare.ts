import { MusterError } from '../../domain/errors.ts';
import { git, gitFailure, nulFields, runGit } from './command.ts';
import { historyOf } from './history.ts';
import { resolveCommit } from './objects.ts';

export interface ComparedFile {
  path: string;
  previousPath: string | null;
  status: 'added' | 'removed' | 'modified' | 'renamed';
  additions: number;
  deletions: number;
  /** Hunks only, as GitHub's REST gives them; null for binary files and where only the name or mode changed. */
  patch: string | null;
  /** The blob at the head; at the merge base for a removed file. */
  sha: string | null;
}

export interface Comparison {
  /** Null where the histories share nothing; then there are no files. */
  mergeBase: string | null;
  ahead: number;
  behind: number;
  files: ComparedFile[];
}

/** What the commit `headSha` adds since it left `baseSha` (three dots, as GitHub compares). */
export async function compare(dir: string, baseSha: string, headSha: string): Promise<Comparison> {
  const [mergeBase, { ahead, behind }] = await Promise.all([
    mergeBaseOf(dir, baseSha, headSha),
    distance(dir, baseSha, headSha),
  ]);
  const files = mergeBase === null ? [] : await changedFiles(dir, mergeBase, headSha);
  return { mergeBase, ahead, behind, files };
}

/** The commit from which both go; null where they share none. */
export async function mergeBaseOf(dir: string, left: string, right: string): Promise<string | null> {
  const [ofLeft, ofRight] = await Promise.all([historyOf(dir, left), historyOf(dir, right)]);
  if (ofLeft !== null && ofRight !== null) {
    if (ofRight.has(left)) return left;
    if (ofLeft.has(right)) return right;
    if (countMissing(ofLeft, ofRight) === ofLeft.size) return null;
  }
  const args = ['merge-base', left, right];
  const result = await runGit(dir, args);
  if (result.code !== 0 && result.code !== 1) throw gitFailure(args, result);
  return result.code === 0 ? result.stdout.toString('utf8').trim() : null;
}

/** How many of them the other has not. */
function countMissing(commits: Set<string>, other: Set<string>): number {
  return [...commits].filter((sha) => !other.has(sha)).length;
}

/** How many commits only the one and only the other has. */
async function distance(dir: string, base: string, head: string): Promise<{ ahead: number; behind: number }> {
  const [ofBase, ofHead] = await Promise.all([historyOf(dir, base), historyOf(dir, head)]);
  if (ofBase !== null && ofHead !== null) {
    return { ahead: countMissing(ofHead, ofBase), behind: countMissing(ofBase, ofHead) };
  }
  const counts = await git(dir, ['rev-list', '--left-right', '--count', `${base}...${head}`]);
  const [behind = 0, ahead = 0] = counts.toString('utf8').trim().split(/\s+/).map(Number);
  return { ahead, behind };
}

/** The commit that a name stands for; throws `git_not_found`. */
export async function commitOf(dir: string, name: string): Promise<string> {
  const sha = await resolveCommit(dir, name);
  if (sha === null) throw new MusterError('git_not_found', `no commit ${name}`, { value: name });
  return sha;
}

async function changedFiles(dir: string, from: string, to: string): Promise<ComparedFile[]> {
  const diff = (...format: string[]): Promise<Buffer> =>
    git(dir, ['diff-tree', '-r', '-M', '--no-ext-diff', '--no-textconv', ...format, from, to]);
  const [table, patch] = await Promise.all([
    diff('--raw', '--numstat', '-z', '--no-abbrev'),
    diff('--patch'),
  ]);
  const sections = patchSections(patch.toString('utf8'));
  const { files, rest } = parseRaw(nulFields(table));
  const counts = parseNumstat(rest);
  return files.map(({ letter, ...file }, index) => {
    // Git shows a change of type (file to link) as a deletion and a creation: two sections.
    const own = sections.splice(0, letter === 'T' ? 2 : 1);
    const { additions, deletions } = counts[index] ?? { additions: 0, deletions: 0 };
    return { ...file, additions, deletions, patch: own.find((hunks) => hunks !== null) ?? null };
  });
}

type RawFile = Pick<ComparedFile, 'path' | 'previousPath' | 'status' | 'sha'> & { letter: string };

/** Every file begins with a colon, which no line of what follows does. */
function parseRaw(fields: string[]): { files: RawFile[]; rest: string[] } {
  const files: RawFile[] = [];
  let index = 0;
  while (fields[index]?.startsWith(':') === true) {
    const [, , oldSha = '', newSha = '', code = ''] = (fields[index] ?? '').split(' ');
    const letter = code.slice(0, 1);
    const isRename = letter === 'R';
    const path = fields[index + (isRename ? 2 : 1)] ?? '';
    files.push({
      letter,
      path,
      previousPath: isRename ? (fields[index + 1] ?? null) : null,
      status: statusOf(letter),
      sha: letter === 'D' ? oldSha : newSha,
    });
    index += isRename ? 3 : 2;
  }
  return { files, rest: fields.slice(index) };
}

function statusOf(letter: string): ComparedFile['status'] {
  if (letter === 'A') return 'added';
  if (letter === 'D') return 'removed';
  return letter === 'R' ? 'renamed' : 'modified';
}

/** `-` counts (binary) are 0. A rename's two paths follow in fields of their own. */
function parseNumstat(fields: string[]): { additions: number; deletions: number }[] {
  const counts: { additions: number; deletions: number }[] = [];
  for (let index = 0; index < fields.length;) {
    const [added = '', deleted = '', path = ''] = (fields[index] ?? '').split('\t');
    counts.push({ additions: Number(added) || 0, deletions: Number(deleted) || 0 });
    index += path === '' ? 3 : 1;
  }
  return counts;
}

/** The hunks of each file in order; null where a file has none. Inside hunks every line has a prefix. */
function patchSections(patch: string): (string | null)[] {
  return patch
    .replace(/\n$/, '')
    .split(/(?:^|\n)diff --git [^\n]*/)
    .slice(1)
    .map((section) => /(?<=\n)@@ [^]*/.exec(section)?.[0] ?? null);
}

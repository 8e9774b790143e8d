import { MusterError } from '../../domain/errors.ts';
import { git, nulFields, runGit } from './command.ts';
import { readLooseObject, readLooseRef, writeLooseObject, type ObjectType } from './loose.ts';

const NO_OBJECT = '0'.repeat(40);

/** Name, e-mail and ISO 8601 date of an author; the committer is the same. */
export interface CommitAuthor {
  name: string;
  email: string;
  date: string;
}

export interface CommitInput {
  message: string;
  tree: string;
  parents: string[];
  author: CommitAuthor;
}

export interface CommitObject extends CommitInput {
  sha: string;
}

export interface TreeItem {
  path: string;
  mode: string;
  type: string;
  sha: string;
  /** Bytes of a blob, else null. */
  size: number | null;
}

/** True for a full SHA-1 in lower-case hex: the only object name that is never read as an expression. */
export function isSha(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Writes a blob and returns its sha. */
export async function writeBlob(dir: string, bytes: Uint8Array): Promise<string> {
  return writeLooseObject(dir, 'blob', bytes);
}

/** Content of an object of that type, or null where there is none of that sha and type. */
export async function readObject(dir: string, type: ObjectType, sha: string): Promise<Buffer | null> {
  if (!isSha(sha)) return null;
  const loose = await readLooseObject(dir, sha);
  if (loose?.type === type) return loose.content;
  const result = await runGit(dir, ['cat-file', type, sha]);
  return result.code === 0 ? result.stdout : null;
}

/** Types of the objects, in order; null where one is missing or its name is no full sha. */
export async function typesOf(dir: string, shas: string[]): Promise<(string | null)[]> {
  const loose = await Promise.all(shas.map(async (sha) => (isSha(sha) ? readLooseObject(dir, sha) : null)));
  if (loose.every((object) => object !== null)) return loose.map((object) => object.type);
  const input = shas.map((sha) => `${isSha(sha) ? sha : NO_OBJECT}\n`).join('');
  const output = await git(dir, ['cat-file', '--batch-check'], input);
  const lines = output.toString('utf8').split('\n');
  return shas.map((_sha, index) => /^[0-9a-f]{40} (\w+) \d+$/.exec(lines[index] ?? '')?.[1] ?? null);
}

/**
 * The commit that a ref, a branch or tag name, or a sha stands for, tags followed; null where it names
 * none. Expressions such as `main~1` are followed too.
 */
export async function resolveCommit(dir: string, name: string): Promise<string | null> {
  if (name === '' || name.includes('\0')) return null;
  const found = isSha(name) ? name : ((await readLooseRef(dir, name))?.sha ?? null);
  const type = found === null ? null : (await readLooseObject(dir, found))?.type;
  if (type === 'commit') return found;
  if (type === 'blob' || type === 'tree') return null;
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const result = await runGit(dir, args);
  const sha = result.stdout.toString('utf8').trim();
  return result.code === 0 && isSha(sha) ? sha : null;
}

/** Entries of a tree (or of a commit's tree); recursive lists the folders too. Throws `git_not_found`. */
export async function readTree(dir: string, sha: string, isRecursive: boolean): Promise<TreeItem[]> {
  const flags = isRecursive ? ['-r', '-t'] : [];
  const args = ['ls-tree', '-z', '-l', ...flags, '--full-tree', sha];
  const result = isSha(sha) ? await runGit(dir, args) : null;
  if (result?.code !== 0) throw new MusterError('git_not_found', `no tree ${sha}`, { value: sha });
  return nulFields(result.stdout).map((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', type = '', itemSha = '', size = '-'] = line.slice(0, tab).split(/ +/);
    const path = line.slice(tab + 1);
    return { path, mode, type, sha: itemSha, size: size === '-' ? null : Number(size) };
  });
}

/** Writes a commit, byte for byte as given, so that equal input is an equal sha. Throws `git_invalid`. */
export async function writeCommit(dir: string, input: CommitInput): Promise<string> {
  const types = await typesOf(dir, [input.tree, ...input.parents]);
  if (types[0] !== 'tree') throw invalid(`no tree ${input.tree}`);
  const orphan = input.parents.findIndex((_parent, index) => types[index + 1] !== 'commit');
  if (orphan !== -1) throw invalid(`no parent commit ${input.parents[orphan]}`);
  if (input.message.includes('\0')) throw invalid('a commit message holds no NUL');
  const author = signatureLine(input.author);
  const lines = [
    `tree ${input.tree}`,
    ...input.parents.map((parent) => `parent ${parent}`),
    `author ${author}`,
    `committer ${author}`,
    '',
    input.message,
  ];
  return writeLooseObject(dir, 'commit', Buffer.from(lines.join('\n')));
}

/** A commit as written; its date in UTC. Null where the sha is no commit. */
export async function readCommit(dir: string, sha: string): Promise<CommitObject | null> {
  const content = (await readObject(dir, 'commit', sha))?.toString('utf8');
  if (content === undefined) return null;
  const end = content.indexOf('\n\n');
  const headers = content.slice(0, end).split('\n');
  const valuesOf = (key: string): string[] =>
    headers.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return {
    sha,
    tree: valuesOf('tree')[0] ?? '',
    parents: valuesOf('parent'),
    message: content.slice(end + 2),
    author: parseSignature(valuesOf('author')[0] ?? ''),
  };
}

function signatureLine(author: CommitAuthor): string {
  const seconds = Math.floor(Date.parse(author.date) / 1000);
  if (!Number.isFinite(seconds) || seconds < 0) throw invalid(`not a date: ${author.date}`);
  // A line break or an angle bracket in a name would forge further headers.
  const clean = (text: string): string => text.replace(/[<>\0\r\n]/g, '').trim();
  return `${clean(author.name)} <${clean(author.email)}> ${seconds} +0000`;
}

function parseSignature(line: string): CommitAuthor {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<([^>]*)> (\d+)/.exec(line) ?? [];
  return { name, email, date: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') };
}

function invalid(message: string): MusterError {
  return new MusterError('git_invalid', message);
}

import { isUtf8 } from 'node:buffer';
import { lstat, readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { MusterError } from '../../../domain/errors.ts';
import { nulFields, spawnGit } from '../../../simulator/git/command.ts';
import { codeOf } from '../files.ts';

const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 1_000_000;
const SKIPPED_FOLDERS = new Set(['.git', 'node_modules']);

/**
 * The text files of a folder (path → text): in a git repository what git tracks or would track, so that what
 * it ignores (builds, `.env`) stays out; elsewhere everything but `node_modules`. Larger files than 1 MB and
 * bytes that are no UTF-8 are left out. Throws `no_file` for a folder without any.
 */
export async function readRepositoryFiles(folder: string): Promise<Record<string, string>> {
  await stat(folder).catch((error: unknown) => {
    throw new MusterError('no_file', `there is no folder ${folder}`, { cause: error });
  });
  const names = (await listByGit(folder)) ?? (await listAll(folder));
  if (names.length > MAX_FILES) {
    throw new MusterError(
      'too_many_files',
      `${folder} holds ${names.length} files; at most ${MAX_FILES} fit`,
    );
  }
  const files: Record<string, string> = {};
  for (const name of names.sort()) {
    const text = await readText(path.join(folder, name));
    if (text !== null) files[name.split(path.sep).join('/')] = text;
  }
  if (Object.keys(files).length > 0) return files;
  throw new MusterError('no_file', `there is no text file in ${folder}`);
}

/** Null where the folder lies in no git repository. */
async function listByGit(folder: string): Promise<string[] | null> {
  const child = spawnGit(['-C', folder, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  child.stdin.end();
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [code, output] = await Promise.all([exited, buffer(child.stdout)]);
  return code === 0 ? [...new Set(nulFields(output))] : null;
}

async function listAll(folder: string, below = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(path.join(folder, below), { withFileTypes: true })) {
    const name = path.join(below, entry.name);
    if (entry.isFile()) found.push(name);
    else if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) {
      found.push(...(await listAll(folder, name)));
    }
    if (found.length > MAX_FILES) return found;
  }
  return found;
}

/** Null for what is no text file of that size: links, submodules, deleted or binary files. */
async function readText(file: string): Promise<string | null> {
  try {
    const found = await lstat(file);
    // A link may lead anywhere on this machine.
    if (!found.isFile() || found.size > MAX_FILE_BYTES) return null;
    const bytes = await readFile(file);
    return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : null;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return null;
    throw error;
  }
}

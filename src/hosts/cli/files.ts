import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, MusterError } from '../../domain/errors.ts';
import type { GitHub } from '../../ports/github.ts';

/** The text of a file that a person named; throws `no_file` or `unreadable_file` in one line. */
export async function readNamedFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new MusterError('no_file', `there is no file ${file}`);
    if (codeOf(error) === 'EISDIR') throw new MusterError('no_file', `${file} is a folder`);
    throw new MusterError('unreadable_file', `${file} can't be read: ${messageOf(error)}`, { cause: error });
  }
}

/** The JSON in a file that a person named; throws `malformed_json` with the place, as far as it is known. */
export async function readJsonFile(file: string): Promise<unknown> {
  const text = await readNamedFile(file);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new MusterError('malformed_json', `${file} is no JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** The folder that holds `.git`, from here upwards; this folder itself outside of any repository. */
export async function repositoryRoot(folder: string): Promise<string> {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    if (await exists(path.join(current, '.git'))) return current;
    if (path.dirname(current) === current) return path.resolve(folder);
  }
}

/** A working copy read like a repository on GitHub, so that one catalogue serves both. */
export function folderReader(root: string): Pick<GitHub, 'readFile' | 'listFolder'> {
  return {
    readFile: async (file) => {
      try {
        return await readFile(path.join(root, file), 'utf8');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }
    },
    listFolder: async (folder) => {
      try {
        const entries = await readdir(path.join(root, folder), { withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile())
          .map((entry) => `${folder}/${entry.name}`)
          .sort();
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      }
    },
  };
}

/** The code of a failed system call, e.g. `ENOENT`. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

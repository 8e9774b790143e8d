import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { MusterError } from '../../domain/errors.ts';

/** The code of what the file system threw, e.g. `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

/** True for errors that say that there is nothing at a path. */
export function isAbsent(error: unknown): boolean {
  return ABSENT.has(systemCode(error) ?? '');
}

/** A path as git writes it (`src/a.ts`), whatever dots and slashes it came with; else `path_outside`. */
export function cleanPath(given: string): string {
  const clean = path.posix.normalize(given).replace(/\/$/, '');
  const isOutside = clean === '.' || clean === '' || clean.startsWith('/') || /^\.\.(\/|$)/.test(clean);
  const namesGit = clean.split('/').some((part) => part.toLowerCase() === '.git');
  if (isOutside || namesGit || given.includes('\0')) throw outside(given);
  return clean;
}

/**
 * The real place of a file to read, links inside the root followed; null where there is nothing.
 * `root` must be a real path. A link that leads out of it is `path_outside`.
 */
export async function placeToRead(root: string, given: string): Promise<string | null> {
  try {
    const place = await realpath(path.join(root, cleanPath(given)));
    if (isInside(root, place)) return place;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
  throw outside(given);
}

/**
 * The place of a file to write. No part of it may be a link, even to inside: git would record the change
 * under another path (`path_link`). A folder at the path, or a file above it, is `path_taken`.
 */
export async function placeToWrite(root: string, given: string): Promise<string> {
  const clean = cleanPath(given);
  await checkFolders(root, clean);
  const place = path.join(root, clean);
  const kind = await kindOf(place);
  if (kind === 'link') await refuseLink(root, clean);
  if (kind === 'folder' || kind === 'other') throw taken(clean, 'file');
  return place;
}

/** Throws as `placeToWrite` does where a link or a file stands above the path. */
export async function checkFolders(root: string, clean: string): Promise<void> {
  for (const folder of foldersAbove(clean)) {
    const kind = await kindOf(path.join(root, folder));
    if (kind === 'absent') return;
    if (kind === 'link') await refuseLink(root, folder);
    if (kind !== 'folder') throw taken(folder, 'folder');
  }
}

/** `a`, `a/b` for `a/b/c.ts`. */
export function foldersAbove(clean: string): string[] {
  const parts = clean.split('/');
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}

/** What stands at a path, not following it when it is a link. */
export async function kindOf(place: string): Promise<'file' | 'folder' | 'link' | 'other' | 'absent'> {
  try {
    const stats = await lstat(place);
    if (stats.isSymbolicLink()) return 'link';
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? 'file' : 'other';
  } catch (error) {
    if (isAbsent(error)) return 'absent';
    throw error;
  }
}

async function refuseLink(root: string, part: string): Promise<never> {
  const target = await placeToRead(root, part);
  const where = target === null ? 'nowhere' : `\`${path.relative(root, target)}\``;
  throw new MusterError('path_link', `\`${part}\` is a symbolic link to ${where}.`, { value: part });
}

function isInside(root: string, place: string): boolean {
  return place.startsWith(root + path.sep);
}

function taken(part: string, expected: string): MusterError {
  return new MusterError('path_taken', `\`${part}\` is not a ${expected}.`, { value: part });
}

function outside(given: string): MusterError {
  return new MusterError('path_outside', `\`${given}\` is outside of the repository.`, { value: given });
}

import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readlink, rm, rmdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { MusterError } from '../../domain/errors.ts';
import type { FileChange, FileMode } from '../../domain/proposal.ts';
import { checkFolders, foldersAbove, isAbsent, kindOf, placeToWrite } from './paths.ts';

/** One file as it is on disk: what a `FileChange` says but for its origin. */
export type FileState = Omit<FileChange, 'origin'>;

/** The bytes of a regular file; null for anything else. Never waits for a pipe, never follows a link. */
export async function readBytes(place: string, maxBytes: number): Promise<Buffer | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let file;
  try {
    file = await open(place, flags);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return null;
    if (stats.size > maxBytes) {
      throw new MusterError('file_too_large', `The file has ${stats.size} bytes; ${maxBytes} can be read.`);
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Text, or null for bytes that are not: not UTF-8, or with a NUL, which neither git nor SQL call text. */
export function decodeText(bytes: Buffer): string | null {
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : null;
}

/** How a path stands now, for the record: `content: null` where there is no file or link. */
export async function captureFile(root: string, filePath: string, maxBytes: number): Promise<FileState> {
  const place = path.join(root, filePath);
  const gone: FileState = { path: filePath, mode: '100644', content: null, encoding: 'utf-8' };
  if (!(await standsInFolders(root, filePath))) return gone;
  switch (await kindOf(place)) {
    case 'link':
      return { path: filePath, mode: '120000', ...encode(await readlink(place, { encoding: 'buffer' })) };
    case 'file': {
      const bytes = await readBytes(place, maxBytes);
      return bytes === null ? gone : { path: filePath, mode: await modeOf(place), ...encode(bytes) };
    }
    case 'folder':
    case 'other':
    case 'absent':
      return gone;
  }
}

/** Writes text where `placeToWrite` allows, keeping the executable bit of a file that is there. */
export async function writeText(root: string, filePath: string, content: string): Promise<void> {
  const place = await placeToWrite(root, filePath);
  await mkdir(path.dirname(place), { recursive: true });
  await writeBytes(place, Buffer.from(content));
}

/** Removes a file or link, and the folders that it leaves empty, as git does. */
export async function removeFile(root: string, filePath: string): Promise<void> {
  await rm(path.join(root, filePath), { recursive: true, force: true });
  for (let folder = path.dirname(filePath); folder !== '.'; folder = path.dirname(folder)) {
    try {
      await rmdir(path.join(root, folder));
    } catch {
      return;
    }
  }
}

/** Makes a path stand as recorded, whatever is there now. */
export async function putFile(root: string, state: FileState): Promise<void> {
  const { path: filePath, mode, content, encoding } = state;
  if (content === null && !(await standsInFolders(root, filePath))) return;
  await checkFolders(root, filePath);
  await removeFile(root, filePath);
  if (content === null) return;
  const place = path.join(root, filePath);
  await mkdir(path.dirname(place), { recursive: true });
  const bytes = Buffer.from(content, encoding);
  if (mode === '120000') return symlink(bytes, place);
  await writeBytes(place, bytes);
  await chmod(place, mode === '100755' ? 0o755 : 0o644);
}

async function writeBytes(place: string, bytes: Buffer): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const file = await open(place, flags, 0o644);
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

/** False where a link, a file or nothing stands in for a folder above the path. */
async function standsInFolders(root: string, filePath: string): Promise<boolean> {
  for (const folder of foldersAbove(filePath)) {
    if ((await kindOf(path.join(root, folder))) !== 'folder') return false;
  }
  return true;
}

async function modeOf(place: string): Promise<FileMode> {
  return ((await lstat(place)).mode & 0o100) === 0 ? '100644' : '100755';
}

function encode(bytes: Buffer): Pick<FileState, 'content' | 'encoding'> {
  const text = decodeText(bytes);
  return text === null
    ? { content: bytes.toString('base64'), encoding: 'base64' }
    : { content: text, encoding: 'utf-8' };
}

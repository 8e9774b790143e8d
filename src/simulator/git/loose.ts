import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { constants, deflate, inflate } from 'node:zlib';

/*
 * Objects and refs that are files of their own, as all are that were written here. A process for each would take more
 * than all else together: the one that starts it holds a database, and its page tables are copied every time.
 */

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

/** A folder stands where a file was looked for, or a file where a folder was. */
const MISSING = new Set(['ENOENT', 'EISDIR', 'ENOTDIR']);

const compress = promisify(deflate);
const expand = promisify(inflate);

/** Null where it is missing or in a pack, which git is to be asked for. */
export async function readLooseObject(
  dir: string,
  sha: string,
): Promise<{ type: string; content: Buffer } | null> {
  const file = await read(objectFile(dir, sha));
  if (file === null) return null;
  const object = await expand(file);
  const end = object.indexOf(0);
  const type = object.subarray(0, object.indexOf(' ')).toString('latin1');
  return { type, content: object.subarray(end + 1) };
}

/** Writes an object as it is given, and returns its sha. */
export async function writeLooseObject(dir: string, type: ObjectType, content: Uint8Array): Promise<string> {
  const object = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  const sha = createHash('sha1').update(object).digest('hex');
  const file = objectFile(dir, sha);
  if (existsSync(file)) return sha;
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  // Whoever reads meanwhile finds the whole file or none.
  const draft = path.join(folder, `tmp_obj_${randomUUID()}`);
  await writeFile(draft, await compress(object, { level: constants.Z_BEST_SPEED }), { mode: 0o444 });
  await rename(draft, file);
  return sha;
}

/**
 * What a name stands for by git's rules: `HEAD`, a full ref, or the end of one, tags before branches. Its sha is null
 * where there is none. Null where git is to be asked: for an expression, and where refs are kept in another way.
 */
export async function readLooseRef(dir: string, name: string): Promise<{ sha: string | null } | null> {
  const isPlain = /^\w[\w.-]*(\/\w[\w.-]*)*$/.test(name) && !/\.\.|\.lock(\/|$)/.test(name);
  if (!isPlain || existsSync(path.join(dir, 'packed-refs')) || !existsSync(path.join(dir, 'refs/heads/'))) {
    return null;
  }
  const isFull = name === 'HEAD' || name.startsWith('refs/');
  if (!isFull && existsSync(path.join(dir, name))) return null;
  for (const ref of isFull ? [name] : [`refs/${name}`, `refs/tags/${name}`, `refs/heads/${name}`]) {
    const file = (await read(path.join(dir, ref)))?.toString('utf8');
    if (file === undefined) continue;
    const [, target, sha] = /^(?:ref: (refs\/.+)|([0-9a-f]{40}))\n$/.exec(file) ?? [];
    if (target !== undefined && name === 'HEAD') return readLooseRef(dir, target);
    return sha === undefined ? null : { sha };
  }
  return isFull ? { sha: null } : null;
}

function objectFile(dir: string, sha: string): string {
  return path.join(dir, 'objects', sha.slice(0, 2), sha.slice(2));
}

async function read(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && MISSING.has(String(error.code))) return null;
    throw error;
  }
}

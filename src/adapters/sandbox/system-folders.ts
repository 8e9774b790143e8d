import { readlink } from 'node:fs/promises';

/** A folder of the root that programs need: its own, or a link such as `/bin → usr/bin`. */
export interface SystemFolder {
  path: string;
  linkTarget: string | null;
}

const SYSTEM_FOLDERS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64'];

/** How this host lays out the folders beside /usr: merged into it by links, or separate. */
export async function readSystemFolders(): Promise<SystemFolder[]> {
  return Promise.all(
    SYSTEM_FOLDERS.map(async (path) => ({ path, linkTarget: await readlink(path).catch(() => null) })),
  );
}

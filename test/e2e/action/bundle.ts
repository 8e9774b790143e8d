import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.join(import.meta.dirname, '../../..');

/** What a release holds of the Action, in a folder of its own, where no `node_modules` can be found. */
export interface Bundle {
  main: string;
  remove(): Promise<void>;
}

export async function buildBundle(): Promise<Bundle> {
  const folder = await mkdtemp(path.join(tmpdir(), 'muster-bundle-'));
  await Promise.all([
    promisify(execFile)(process.execPath, [path.join(root, 'scripts/build.ts'), path.join(folder, 'dist')]),
    cp(path.join(root, 'agents'), path.join(folder, 'agents'), { recursive: true }),
    cp(path.join(root, 'package.json'), path.join(folder, 'package.json')),
  ]);
  return { main: path.join(folder, 'dist/action.js'), remove: async () => rm(folder, { recursive: true }) };
}

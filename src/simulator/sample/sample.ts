import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A small library with one reported bug, for the demo and for simulations. */
export interface SampleRepository {
  /** Path in the repository → text. */
  files: Record<string, string>;
  issue: { title: string; body: string };
}

/**
 * `pocket-cart`, whose tests pass, and the issue that a user wrote about it. Its files stand beside this
 * module as they are; only `.github` is kept as `dot-github`, since packagers drop folders that begin with a
 * dot.
 */
export function sampleRepository(): SampleRepository {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const root = path.join(folder, 'files');
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [repositoryPath(path.relative(root, file)), readFileSync(file, 'utf8')] as const);
  return {
    files: Object.fromEntries(files.sort(([left], [right]) => (left < right ? -1 : 1))),
    issue: {
      title: 'Free items get a negative line total when the cart has a discount',
      body: readFileSync(path.join(folder, 'issue.md'), 'utf8').trimEnd(),
    },
  };
}

function repositoryPath(file: string): string {
  return file.split(path.sep).join('/').replace(/^dot-/, '.');
}

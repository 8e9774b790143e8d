import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The package's root: two folders up from the sources, one up from `dist`. */
const root = path.basename(here) === 'dist' ? path.dirname(here) : path.dirname(path.dirname(here));

/** The built-in agents; the same folder beside the sources and beside `dist`. */
export function agentsFolder(): string {
  return path.join(root, 'agents');
}

/** The numbered SQL files: in the sources where Node runs those, copied into `dist` by the build. */
export function migrationsFolder(): URL {
  const built = new URL('./migrations/', import.meta.url);
  return existsSync(built) ? built : new URL('../adapters/postgres/migrations/', import.meta.url);
}

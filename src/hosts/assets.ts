import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** `src`, or the `dist` that mirrors it; the Action's bundle stands in `dist` itself. */
const sources = path.basename(here) === 'dist' ? here : path.dirname(here);

/** The built-in agents, at the package's root. */
export function agentsFolder(): string {
  return path.join(path.dirname(sources), 'agents');
}

/** The numbered SQL files. */
export function migrationsFolder(): URL {
  return pathToFileURL(path.join(sources, 'adapters/postgres/migrations/'));
}

/**
 * A new PGlite folder, packed: in `dist`, or among the packages of a checkout. Null where it is in neither; the
 * folder is then made anew, which takes longer.
 */
export function preparedDatabase(): URL | null {
  const places = ['.', '../node_modules/@electric-sql/pglite-prepopulatedfs/dist'];
  const files = places.map((place) => path.join(sources, place, 'prepopulatedfs.tgz'));
  const file = files.find((candidate) => existsSync(candidate));
  return file === undefined ? null : pathToFileURL(file);
}

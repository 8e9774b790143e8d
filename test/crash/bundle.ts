import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { rolldown } from 'rolldown';

const root = path.join(import.meta.dirname, '../..');

/** The server of the crash tests in one file: it starts in half the time of its several hundred modules. */
export interface ServerBundle {
  file: string;
  /** For V8's compile cache, which the first server fills for all others. */
  compileCache: string;
  remove(): Promise<void>;
}

/** Bundles `server.ts` into a folder that looks to it like `src`, inside `node_modules` so that packages are found. */
export async function bundleServer(): Promise<ServerBundle> {
  const cache = path.join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, 'muster-crash-'));
  const bundle = await rolldown({
    cwd: root,
    input: path.join(import.meta.dirname, 'server.ts'),
    platform: 'node',
    transform: { target: 'node24' },
    checks: { eval: false },
    // PGlite opens files beside its own.
    external: (id) => id.startsWith('@electric-sql/'),
  });
  await bundle.write({ dir: path.join(folder, 'src/hosts'), format: 'esm', codeSplitting: false });
  await bundle.close();
  await symlink(path.join(root, 'agents'), path.join(folder, 'agents'));
  await cp(
    path.join(root, 'src/adapters/postgres/migrations'),
    path.join(folder, 'src/adapters/postgres/migrations'),
    {
      recursive: true,
    },
  );
  return {
    file: path.join(folder, 'src/hosts/server.js'),
    compileCache: path.join(folder, 'compiled'),
    remove: async () => rm(folder, { recursive: true, force: true }),
  };
}

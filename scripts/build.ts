import { chmod, cp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { rolldown, type InputOptions } from 'rolldown';
import { collectLicences } from './licences.ts';

/*
 * Builds `dist`: `action.js`, the Action with everything in it, and the publishable package, which mirrors
 * `src` file by file so that what is found beside a module stays beside it. `node scripts/build.ts [folder]`.
 */

const root = path.join(import.meta.dirname, '..');
const source = path.join(root, 'src');

/** What PGlite opens beside the file that it runs in. */
const PGLITE_FILES = ['pglite.wasm', 'pglite.data', 'initdb.wasm'];

/** A new folder of PGlite's, packed. */
const PREPARED = 'prepopulatedfs.tgz';

/** What modules open beside themselves, beside what they import. */
const ASSETS = ['adapters/postgres/migrations', 'simulator/sample'];

const shared: InputOptions = {
  cwd: root,
  platform: 'node',
  transform: { target: 'node24' },
  // PGlite's own, in code of Emscripten that is never reached.
  checks: { eval: false },
};

const folder = path.resolve(process.argv[2] ?? path.join(root, 'dist'));
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await Promise.all([buildAction(), buildPackage(), copyAssets()]);
for (const file of ['action.js', 'cli.js', ...PGLITE_FILES, PREPARED]) {
  const { size } = await stat(path.join(folder, file));
  process.stdout.write(`${file.padEnd(18)} ${(size / 1_000_000).toFixed(2).padStart(6)} MB\n`);
}

/** One file, because a runner installs nothing. */
async function buildAction(): Promise<void> {
  const bundle = await rolldown({ ...shared, input: { action: path.join(source, 'hosts/action/main.ts') } });
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    codeSplitting: false,
  });
  await bundle.close();
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  await writeFile(path.join(folder, 'licences.txt'), await collectLicences(modules));
}

/** The dependencies stay outside: npm installs them. */
async function buildPackage(): Promise<void> {
  const bundle = await rolldown({
    ...shared,
    input: path.join(source, 'hosts/cli/main.ts'),
    external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    preserveModules: true,
    preserveModulesRoot: source,
  });
  await bundle.close();
  const cli = path.join(folder, 'cli.js');
  await writeFile(cli, "#!/usr/bin/env node\nimport './hosts/cli/main.js';\n");
  await chmod(cli, 0o755);
}

async function copyAssets(): Promise<void> {
  const folderOf = (name: string) => path.dirname(createRequire(import.meta.url).resolve(name));
  const pglite = folderOf('@electric-sql/pglite');
  const prepared = path.join(folderOf('@electric-sql/pglite-prepopulatedfs'), PREPARED);
  await Promise.all([
    cp(prepared, path.join(folder, PREPARED)),
    ...PGLITE_FILES.map(async (file) => cp(path.join(pglite, file), path.join(folder, file))),
    ...ASSETS.map(async (asset) =>
      cp(path.join(source, asset), path.join(folder, asset), {
        recursive: true,
        filter: (file) => !file.endsWith('.ts'),
      }),
    ),
  ]);
}

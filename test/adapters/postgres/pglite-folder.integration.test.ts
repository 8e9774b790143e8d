import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openPglite } from '../../../src/adapters/postgres/pglite-database.ts';
import { migrationsFolder, preparedDatabase } from '../../../src/hosts/assets.ts';

it('makes a new folder from the prepared one, whatever a process that died left of its own', async () => {
  const parent = await mkdtemp(path.join(tmpdir(), 'muster-folder-'));
  onTestFinished(async () => rm(parent, { recursive: true }));
  const folder = path.join(parent, 'postgres');
  await mkdir(`${folder}.new`);
  await writeFile(path.join(`${folder}.new`, 'PG_VERSION'), 'half of it');
  const prepared = preparedDatabase();
  expect(prepared).not.toBeNull();

  const first = await openPglite(folder, migrationsFolder(), prepared);
  await first.transaction('system', async (tx) => {
    await tx.query("INSERT INTO tenants (tenant_id, owner, name) VALUES (7, 'ada', 'bill')");
  });
  await first.close();
  expect(await readdir(parent)).toEqual(['postgres']);

  const again = await openPglite(folder, migrationsFolder(), prepared);
  onTestFinished(async () => again.close());
  const rows = await again.transaction('system', async (tx) => tx.query('SELECT name FROM tenants'));
  expect(rows).toEqual([{ name: 'bill' }]);
});

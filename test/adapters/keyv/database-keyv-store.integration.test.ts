import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDatabaseKeyvStore } from '../../../src/adapters/keyv/database-keyv-store.ts';
import { createKeyvNoteStore } from '../../../src/adapters/keyv/note-store.ts';
import { noteStoreContract } from '../../contracts/note-store.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(async () => database.close());

beforeEach(async () => {
  await database.transaction('system', async (tx) => tx.query('DELETE FROM memory'));
});

noteStoreContract('createKeyvNoteStore on the database', () =>
  createKeyvNoteStore({
    openStore: (tenantId) => createDatabaseKeyvStore(database, tenantId),
    clock: { now: () => new Date('2026-11-22T00:00:00.000Z') },
  }),
);

describe('createDatabaseKeyvStore', () => {
  const keys = async (): Promise<string[]> => {
    const rows = await database.transaction('system', async (tx) =>
      tx.query<{ key: string }>('SELECT key FROM memory ORDER BY tenant_id, key'),
    );
    return rows.map((row) => row.key);
  };

  it('reads no row past its time, and sweeps such rows at the next write of that tenant', async () => {
    const store = createDatabaseKeyvStore(database, 1);
    await store.set('short', 'x', -1000);
    await createDatabaseKeyvStore(database, 2).set('of two', 'x', -1000);
    expect(await store.get('short')).toBeUndefined();
    await store.set('long', 'y', 86_400_000);
    expect(await keys()).toEqual(['long', 'of two']);
  });

  it('takes a key for a key, whatever it looks like', async () => {
    const store = createDatabaseKeyvStore(database, 1);
    for (const key of ['a_b', 'axb', "'; DROP TABLE memory; --"]) await store.set(key, key);
    await store.delete('a_b');
    expect(await keys()).toEqual(["'; DROP TABLE memory; --", 'axb']);
  });
});

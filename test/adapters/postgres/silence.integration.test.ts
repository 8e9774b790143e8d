import { describe, expect, it, onTestFinished } from 'vitest';
import { openPostgres } from '../../../src/adapters/postgres/pg-database.ts';
import { createTestDatabaseUrl } from '../../support/database.ts';
import { silentLog } from '../../support/log.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';

const created = await createTestDatabaseUrl();

describe.skipIf(created === null)('a PostgreSQL that falls silent (skipped without one)', () => {
  it('is given up and reached over other connections, without a word from the old ones', async () => {
    const url = new URL(created?.url ?? '');
    const proxy = await openTcpProxy(url.hostname, Number(url.port || 5432));
    url.host = `127.0.0.1:${proxy.port}`;
    const database = await openPostgres(url.href, silentLog, 2, undefined, 300);
    onTestFinished(async () => {
      proxy.close();
      await database.close();
      await created?.drop();
    });
    const count = async () =>
      database.transaction('system', async (tx) => tx.query('SELECT count(*)::int AS runs FROM runs'));
    const inTheMiddle = database.transaction('system', async (tx) => {
      await tx.query('SELECT 1');
      proxy.freeze();
      return tx.query('SELECT 1');
    });
    await expect(inTheMiddle).rejects.toMatchObject({ code: 'database_unavailable', isRetryable: true });
    expect(await count()).toEqual([{ runs: 0 }]);
    proxy.freeze();
    expect(await database.ping()).toBe(false);
    expect(await database.ping()).toBe(true);
  });
});

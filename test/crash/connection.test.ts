import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPostgres } from '../../src/adapters/postgres/pg-database.ts';
import { EVIDENCE, openProcesses, type ProcessScene } from '../e2e/support/processes.ts';
import { silentLog } from '../support/log.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const SERVER = process.env['MUSTER_TEST_DATABASE_URL'] ?? '';

/** The reconciler looks once a minute. */
describe.skipIf(SERVER === '')('a server that loses its PostgreSQL for a while (PostgreSQL only)', () => {
  let scene: ProcessScene;
  let proxy: TcpProxy;
  beforeEach(async () => {
    scene = await openProcesses();
    const url = new URL(scene.databaseUrl ?? '');
    proxy = await openTcpProxy(url.hostname, Number(url.port || 5432));
    scene.provider.play([
      { tool: 'read_file', args: { path: 'README.md' } },
      { tool: 'propose_comment', args: { body: EVIDENCE } },
    ]);
  });
  afterEach(async () => {
    proxy.close();
    await scene.close();
  });

  const throughProxy = () => {
    const url = new URL(scene.databaseUrl ?? '');
    url.host = `127.0.0.1:${proxy.port}`;
    return { DATABASE_URL: url.href };
  };
  const statusOf = async (url: string) => (await fetch(url)).status;
  const isDone = (issue: number) => /done: .*steady/.test(scene.tracking(issue));

  async function rows<Row>(sql: string): Promise<Row[]> {
    const database = await openPostgres(scene.databaseUrl ?? '', silentLog, 1);
    try {
      return await database.transaction('system', async (tx) => tx.query<Row>(sql));
    } finally {
      await database.close();
    }
  }

  it('says 503 meanwhile, writes nothing by halves, and goes on by itself', async () => {
    const hung = scene.provider.hang();
    const server = await scene.start(['serve'], throughProxy());
    const inHand = await scene.askSteady();
    await hung;
    expect(await statusOf(`${server.url}/readyz`)).toBe(200);

    proxy.cut();
    await scene.until('not ready', async () => (await statusOf(`${server.url}/readyz`)) === 503);
    expect(await statusOf(`${server.url}/healthz`)).toBe(200);
    const missed = await scene.askSteady();
    await scene.world.simulator.settled();
    const refused = scene.world.simulator.webhooks.deliveries.filter(({ statusCode }) => statusCode === 503);
    expect(refused.map(({ action }) => action)).toContain('labeled');
    // The reply of the run in hand comes now, and can't be recorded.
    scene.provider.release();
    await scene.until('the run to meet it', () => server.log().includes('database_unavailable'));
    const [{ count } = { count: '' }] = await rows<{ count: string }>(
      `SELECT count(*)::text AS count FROM inbox
       WHERE delivery_id IN (${refused.map(({ guid }) => `'${guid}'`).join(', ')})`,
    );
    expect(count).toBe('0');

    proxy.restore();
    await scene.until('ready', async () => (await statusOf(`${server.url}/readyz`)) === 200);
    await scene.until('the run in hand to end', () => isDone(inHand));
    await scene.until('the missed one to end', () => isDone(missed));
    await scene.world.simulator.settled();
    expect(server.child.exitCode).toBeNull();
    for (const issue of [inHand, missed]) {
      const bodies = scene.comments(issue).map(({ body }) => body);
      expect(bodies.filter((body) => body.startsWith(EVIDENCE))).toHaveLength(1);
      expect(bodies).toHaveLength(2);
      const { record } = await scene.recording(issue);
      expect(record.ledger.map(({ spentMicroUsd }) => spentMicroUsd)).not.toContain(null);
      expect(record.effects.map(({ state }) => state)).toEqual(['verified']);
    }
    expect(await rows("SELECT delivery_id FROM inbox WHERE state <> 'handled'")).toEqual([]);
  });

  it('in the middle of an effect looks for what it did, instead of doing it again', async () => {
    const server = await scene.start(['serve'], throughProxy());
    const hung = scene.provider.hang();
    const issue = await scene.askSteady();
    await hung;
    await scene.until('the tracking comment', () => scene.tracking(issue) !== '');
    // Makes it look half a second later, with the database gone by then.
    scene.world.simulator.faults.add({
      method: 'POST',
      path: /\/issues\/\d+\/comments$/,
      times: 1,
      kind: 'reset_after_effect',
    });
    scene.provider.release();
    const published = () => scene.comments(issue).filter(({ body }) => body.startsWith(EVIDENCE));
    await scene.until('the comment', () => published().length === 1);
    proxy.cut();
    await scene.until('the run to meet it', () => server.log().includes('database_unavailable'));
    proxy.restore();
    await scene.until('the end', () => isDone(issue));
    expect(published()).toHaveLength(1);
    const { record } = await scene.recording(issue);
    expect(record.effects.map(({ state }) => state)).toEqual(['verified']);
  });
});

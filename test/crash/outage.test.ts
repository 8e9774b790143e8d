import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPglite } from '../../src/adapters/postgres/pglite-database.ts';
import { openPostgres } from '../../src/adapters/postgres/pg-database.ts';
import { EVIDENCE, openProcesses, type ProcessScene } from '../e2e/support/processes.ts';
import { createDataDirectory } from '../support/data-directory.ts';
import { silentLog } from '../support/log.ts';
import { openTcpProxy } from '../support/tcp-proxy.ts';

/** Something that takes a server's database away, and gives it back. */
interface Outage {
  scene: ProcessScene;
  /** Of the server, beside the scene's own. */
  environment: Record<string, string>;
  begin(): void | Promise<void>;
  end(): void | Promise<void>;
}

const TURNS = [
  { tool: 'read_file', args: { path: 'README.md' } },
  { tool: 'propose_comment', args: { body: EVIDENCE } },
];

async function lostConnection(): Promise<Outage> {
  const scene = await openProcesses();
  const url = new URL(scene.databaseUrl ?? '');
  const proxy = await openTcpProxy(url.hostname, Number(url.port || 5432));
  onTestFinished(async () => {
    proxy.close();
    await scene.close();
  });
  url.host = `127.0.0.1:${proxy.port}`;
  return { scene, environment: { DATABASE_URL: url.href }, begin: proxy.cut, end: proxy.restore };
}

/** A disk of its own, of some megabytes; null where this process may not mount one. */
async function mountSmallDisk(): Promise<string | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'muster-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    await rm(folder, { recursive: true });
    return null;
  }
}

async function unmount(folder: string): Promise<void> {
  execFileSync('umount', ['--lazy', folder]);
  await rm(folder, { recursive: true });
}

async function fullDisk(): Promise<Outage> {
  const disk = (await mountSmallDisk()) ?? '';
  const made = await createDataDirectory('disk');
  const dataDirectory = path.join(disk, 'data');
  await cp(made, dataDirectory, { recursive: true });
  await rm(made, { recursive: true });
  const scene = await openProcesses({ dataDirectory, isEmbedded: true });
  onTestFinished(async () => {
    await scene.close();
    await unmount(disk);
  });
  const filler = path.join(disk, 'filler');
  return {
    scene,
    environment: {},
    begin: async () => fill(disk, filler),
    end: async () => rm(filler),
  };
}

async function fill(disk: string, filler: string): Promise<void> {
  const handle = await open(filler, 'w');
  const { bavail, bsize } = await statfs(disk);
  await handle.write(Buffer.alloc(bavail * bsize));
  await handle.close();
}

const probe = await mountSmallDisk();
if (probe !== null) await unmount(probe);

const OUTAGES = [
  {
    name: 'the connection to PostgreSQL breaks (skipped without one)',
    start: lostConnection,
    isPossible: (process.env['MUSTER_TEST_DATABASE_URL'] ?? '') !== '',
  },
  {
    name: 'the disk is full (skipped where no small one can be mounted)',
    start: fullDisk,
    isPossible: probe !== null,
  },
];

const statusOf = async (url: string) => (await fetch(url)).status;
const isDone = (scene: ProcessScene, issue: number) => /done: .*steady/.test(scene.tracking(issue));
const published = (scene: ProcessScene, issue: number) =>
  scene.comments(issue).filter(({ body }) => body.startsWith(EVIDENCE));

async function unhandled({ scene }: Outage): Promise<unknown[]> {
  const database =
    scene.databaseUrl === null
      ? await openPglite(path.join(scene.dataDirectory, 'postgres'))
      : await openPostgres(scene.databaseUrl, silentLog, 1);
  const sql = "SELECT delivery_id, state, outcome FROM inbox WHERE state <> 'handled'";
  const found = await database.transaction('system', async (tx) => tx.query(sql));
  await database.close();
  return found;
}

describe.each(OUTAGES)('a server, when $name,', ({ start, isPossible }) => {
  /** The reconciler looks once a minute. */
  it.skipIf(!isPossible)('says 503 meanwhile, writes nothing by halves, and goes on by itself', async () => {
    const outage = await start();
    const { scene } = outage;
    scene.provider.play(TURNS);
    const hung = scene.provider.hang();
    const server = await scene.start(['serve'], outage.environment);
    const inHand = await scene.askSteady();
    await hung;
    await scene.world.simulator.settled();
    expect(await statusOf(`${server.url}/readyz`)).toBe(200);

    await outage.begin();
    await scene.until('not ready', async () => (await statusOf(`${server.url}/readyz`)) === 503);
    expect(await statusOf(`${server.url}/healthz`)).toBe(200);
    const before = scene.world.simulator.webhooks.deliveries.length;
    const missed = await scene.askSteady();
    await scene.world.simulator.settled();
    const refused = scene.world.simulator.webhooks.deliveries.slice(before);
    expect(refused.map(({ statusCode }) => statusCode)).toEqual(refused.map(() => 503));
    // The reply of the run in hand comes now, and can't be recorded.
    scene.provider.release();
    await scene.until('the run to meet it', () => server.log().includes('database_unavailable'));

    await outage.end();
    await scene.until('ready', async () => (await statusOf(`${server.url}/readyz`)) === 200);
    await scene.until('the run in hand to end', () => isDone(scene, inHand));
    await scene.until('the missed one to end', () => isDone(scene, missed));
    await scene.world.simulator.settled();
    expect(server.child.exitCode).toBeNull();
    for (const issue of [inHand, missed]) {
      expect(published(scene, issue)).toHaveLength(1);
      expect(scene.comments(issue)).toHaveLength(2);
      const { record } = await scene.recording(issue);
      expect(record.ledger.map(({ spentMicroUsd }) => spentMicroUsd)).not.toContain(null);
      expect(record.effects.map(({ state }) => state)).toEqual(['verified']);
    }
    await server.stop();
    expect(await unhandled(outage)).toEqual([]);
  });

  it.skipIf(!isPossible)('in the middle of an effect, looks for what it did, and does it once', async () => {
    const outage = await start();
    const { scene } = outage;
    scene.provider.play(TURNS);
    const hung = scene.provider.hang();
    const server = await scene.start(['serve'], outage.environment);
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
    await scene.until('the comment', () => published(scene, issue).length === 1);
    await outage.begin();
    await scene.until('the run to meet it', () => server.log().includes('database_unavailable'));
    await outage.end();
    await scene.until('the end', () => isDone(scene, issue));
    expect(published(scene, issue)).toHaveLength(1);
  });
});

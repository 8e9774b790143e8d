import { execFile, type ExecFileOptions } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

const execute = promisify(execFile);

/** A PostgreSQL for one bench, with durable commits. */
export interface PostgresServer {
  version: string;
  /** The URL of a new, empty database. */
  createDatabase(): Promise<string>;
  close(): Promise<void>;
}

/**
 * The server of `MUSTER_TEST_DATABASE_URL`, or one of our own in a temporary folder, made by the newest
 * PostgreSQL that is installed; its settings are the defaults, `fsync` and `synchronous_commit` included.
 */
export async function openPostgresServer(): Promise<PostgresServer> {
  const given = process.env['MUSTER_TEST_DATABASE_URL'];
  const { url, stop } =
    given === undefined || given === '' ? await startCluster() : { url: given, stop: async () => undefined };
  const created: string[] = [];
  return {
    version: await versionOf(url),
    createDatabase: async () => {
      const name = `muster_bench_${process.pid}_${created.length}`;
      created.push(name);
      await onServer(url, `CREATE DATABASE ${name}`);
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
    close: async () => {
      for (const name of created) await onServer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await stop();
    },
  };
}

async function startCluster(): Promise<{ url: string; stop(): Promise<void> }> {
  const binaries = await findBinaries();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'muster-bench-'));
  await chmod(folder, 0o777);
  const data = path.join(folder, 'data');
  const port = await freePort();
  await asOwner(`${binaries}/initdb`, ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8']);
  await asOwner(`${binaries}/pg_ctl`, [
    'start',
    '--silent',
    '--wait',
    '-D',
    data,
    '-l',
    path.join(folder, 'log'),
    '-o',
    `-h 127.0.0.1 -p ${port} -k ${folder}`,
  ]);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await asOwner(`${binaries}/pg_ctl`, ['stop', '--silent', '--wait', '--mode=fast', '-D', data]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findBinaries(): Promise<string> {
  const root = '/usr/lib/postgresql';
  const versions = await readdir(root).catch(() => []);
  const newest = versions.map(Number).sort((left, right) => right - left)[0];
  if (newest === undefined) throw new Error('Install PostgreSQL, or set MUSTER_TEST_DATABASE_URL to one.');
  return `${root}/${newest}/bin`;
}

/** PostgreSQL refuses to run as root. */
async function asOwner(file: string, args: string[]): Promise<void> {
  const options: ExecFileOptions = { cwd: '/' };
  if (process.getuid?.() === 0) await execute('runuser', ['-u', 'postgres', '--', file, ...args], options);
  else await execute(file, args, options);
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function versionOf(url: string): Promise<string> {
  const [row] = await onServer(url, 'SHOW server_version');
  return String(row?.['server_version']);
}

async function onServer(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

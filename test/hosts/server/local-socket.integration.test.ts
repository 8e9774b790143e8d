import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MusterError } from '../../../src/domain/errors.ts';
import {
  askServer,
  openLocalSocket,
  socketPath,
  type LocalSocket,
} from '../../../src/hosts/server/local-socket.ts';
import { silentLog } from '../../support/log.ts';

const QUERY = { kind: 'cost', tenantId: null } as const;

let folder: string;
let socket: LocalSocket | null;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-socket-'));
  socket = null;
});
afterEach(async () => {
  await socket?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the server answers to raw bytes before the line is cut. */
async function raw(bytes: string): Promise<string> {
  const client = connect(socketPath(folder));
  client.end(bytes);
  return text(client).catch(() => 'cut');
}

describe('the local socket', () => {
  it('is open to its owner alone, in the place of one that a killed server left', async () => {
    await writeFile(socketPath(folder), '');
    const before = process.umask();
    socket = await openLocalSocket(folder, async (query) => ({ asked: query }), silentLog);
    expect((await stat(socketPath(folder))).mode & 0o777).toBe(0o600);
    expect(process.umask()).toBe(before);
    expect(await askServer(folder, QUERY)).toEqual({ asked: QUERY });
  });

  it('passes the reason of a refusal on', async () => {
    socket = await openLocalSocket(
      folder,
      async () => Promise.reject(new MusterError('no_database', 'not yet')),
      silentLog,
    );
    await expect(askServer(folder, QUERY)).rejects.toMatchObject({ code: 'no_database', message: 'not yet' });
  });

  it.each([
    ['{"kind":"sql","text":"DELETE FROM runs"}'],
    ['{"kind":"runs","tenantId":null,"limit":1000000}'],
    ['{"kind":"cost","tenantId":"1 OR 1=1"}'],
    ['{"kind":"cost","tenantId":null,"more":1}'],
  ])('takes no other query than its own: %s', async (line) => {
    socket = await openLocalSocket(folder, async () => 'answered', silentLog);
    const client = connect(socketPath(folder));
    client.write(`${line}\n`);
    const answer = await new Promise<string>((resolve) => {
      client.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    });
    client.destroy();
    expect(JSON.parse(answer)).toEqual({
      error: { code: 'bad_query', message: 'The server knows no such query.' },
    });
  });

  it('cuts a line without end, and goes on answering others', async () => {
    socket = await openLocalSocket(folder, async () => 'answered', silentLog);
    expect(await raw('x'.repeat(200_000))).not.toContain('answered');
    expect(await askServer(folder, QUERY)).toBe('answered');
  });

  it('says that none answers where there is no server', async () => {
    await expect(askServer(folder, QUERY)).rejects.toMatchObject({ code: 'no_server' });
  });

  it('is done without where the path is too long for one', async () => {
    expect(await openLocalSocket(path.join(folder, 'd'.repeat(120)), async () => 1, silentLog)).toBeNull();
  });
});

import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { messageOf, MusterError } from '../../domain/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { Query } from '../../runs/history/inspect.ts';

/** One line of JSON each way: a query, and its answer or why there is none. */
const querySchema: z.ZodType<Query> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('runs'), tenantId: z.int().nullable(), limit: z.int().min(1).max(1_000) }),
  z.strictObject({ kind: z.literal('show'), runId: z.string().max(100) }),
  z.strictObject({ kind: z.literal('recording'), runId: z.string().max(100) }),
  z.strictObject({ kind: z.literal('resume'), runId: z.string().max(100) }),
  z.strictObject({ kind: z.literal('cost'), tenantId: z.int().nullable() }),
  z.strictObject({ kind: z.literal('memory'), tenantId: z.int().nullable() }),
  z.strictObject({ kind: z.literal('judge'), tenantId: z.int().nullable() }),
]);

const replySchema = z.union([
  z.strictObject({ answer: z.unknown() }),
  z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) }),
]);

const MAX_QUERY = 10_000;
const ANSWER_TIMEOUT_MS = 30_000;

export interface LocalSocket {
  close(): Promise<void>;
}

/** Where a server that holds the data directory answers. */
export function socketPath(dataDirectory: string): string {
  return path.resolve(dataDirectory, 'muster.sock');
}

/**
 * Answers queries of this machine's owner: the data directory's database has one process, and this is it.
 * Nobody but the user whom the server runs as can connect, and all that can be changed is to wake a run. Null where the system gives no such
 * socket (a path over 107 bytes): then the command line can't look beside the server, and nothing else is lost.
 */
export async function openLocalSocket(
  dataDirectory: string,
  answer: (query: Query) => Promise<unknown>,
  log: Log,
): Promise<LocalSocket | null> {
  const file = socketPath(dataDirectory);
  // Of a server that was killed: whoever holds the lock owns the name.
  await rm(file, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveSocket(socket, answer);
  });
  try {
    await listenPrivately(server, file);
  } catch (error) {
    log.warn("no local socket: `muster runs` can't look beside this server", { error: messageOf(error) });
    return null;
  }
  server.on('error', (error) => log.warn('the local socket met an error', { error: messageOf(error) }));
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** The file is made within the call of `listen`: with these bits nobody else ever has a moment to connect. */
async function listenPrivately(server: Server, file: string): Promise<void> {
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => resolve());
  });
  const before = process.umask(0o177);
  try {
    server.listen(file);
  } finally {
    process.umask(before);
  }
  await listening;
}

function serveSocket(socket: Socket, answer: (query: Query) => Promise<unknown>): void {
  socket.on('error', () => socket.destroy());
  const reply = (value: unknown) => socket.write(`${JSON.stringify(value)}\n`);
  let held = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    held += chunk;
    if (!held.includes('\n') && held.length > MAX_QUERY) socket.destroy();
    const lines = held.split('\n');
    held = lines.pop() ?? '';
    for (const line of lines) void answerLine(line, answer).then(reply);
  });
}

async function answerLine(line: string, answer: (query: Query) => Promise<unknown>): Promise<unknown> {
  try {
    const query = querySchema.safeParse(JSON.parse(line));
    if (!query.success) throw new MusterError('bad_query', 'The server knows no such query.');
    return { answer: (await answer(query.data)) ?? null };
  } catch (error) {
    const code = error instanceof MusterError ? error.code : 'internal';
    return { error: { code, message: messageOf(error) } };
  }
}

/**
 * Asks the server that holds the data directory. Throws `no_server` where none answers there, and what the
 * server threw.
 */
export async function askServer(dataDirectory: string, query: Query): Promise<unknown> {
  const socket = connect(socketPath(dataDirectory));
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')));
    socket.write(`${JSON.stringify(query)}\n`);
    for await (const line of createInterface({ input: socket })) return readReply(line);
    throw new Error('the connection was closed');
  } catch (error) {
    if (error instanceof MusterError) throw error;
    throw new MusterError(
      'no_server',
      `The server of ${dataDirectory} gives no answer: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  } finally {
    socket.destroy();
  }
}

function readReply(line: string): unknown {
  const reply = replySchema.parse(JSON.parse(line));
  if ('error' in reply) throw new MusterError(reply.error.code, reply.error.message);
  return reply.answer;
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { ServerBundle } from './bundle.ts';
import type { Reached } from './points.ts';
import type { StartOrder, Told } from './server.ts';

/** A server process, loaded or running. */
export interface ServerProcess {
  readonly pid: number;
  readonly isAlive: boolean;
  /** The points that it has reached, oldest first. */
  readonly points: readonly Reached[];
  /** Resolves with the front's port; rejects where the process dies or can't start. */
  start(order: StartOrder): Promise<number | null>;
  /** It does not die at this point any more. */
  spare(point: string): void;
  /** Resolves when it is gone. */
  gone: Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Loads the modules of a server, and waits to be started. */
export async function loadServer({ file, compileCache }: ServerBundle): Promise<ServerProcess> {
  const child = fork(file, {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'ipc'],
    execArgv: [],
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache },
  });
  const points: Reached[] = [];
  readLines(child, (line) => points.push(JSON.parse(line) as Reached));
  let isAlive = true;
  // `close` comes after the last point was read; `exit` may come before.
  child.once('close', () => {
    isAlive = false;
  });
  const gone = once(child, 'close').then(() => undefined);
  await told(child, 'loaded');
  return {
    pid: child.pid ?? 0,
    get isAlive() {
      return isAlive;
    },
    points,
    gone,
    start: async (order) => {
      child.send(order);
      const answer = await told(child, 'ready');
      return answer.kind === 'ready' ? answer.port : null;
    },
    spare: (point) => {
      // It may be dying at this very moment.
      if (child.connected) child.send({ kind: 'spare', point }, () => undefined);
    },
    signal: (name) => void child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function told(child: ChildProcess, kind: Told['kind']): Promise<Told> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) =>
      reject(new ServerDied(`the server died before it was ${kind}: ${signal ?? code}`));
    child.once('exit', onExit);
    child.on('message', (message) => {
      const answer = message as Told;
      if (answer.kind === 'failed') reject(new Error(answer.error));
      if (answer.kind !== kind) return;
      child.off('exit', onExit);
      resolve(answer);
    });
  });
}

/** It reached the point at which it was to die before it was ready. */
export class ServerDied extends Error {}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  const stream = child.stdio[3] as Readable;
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
}

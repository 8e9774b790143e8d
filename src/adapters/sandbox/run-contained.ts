import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { MusterError } from '../../domain/errors.ts';
import type { CommandResult } from '../../ports/workspace.ts';
import { createCappedOutput } from './capped-output.ts';
import { BARE_ENVIRONMENT } from './environment.ts';
import type { Owner } from './owner.ts';
import { PASSWD } from './sandbox-arguments.ts';

export interface ContainedOptions {
  owner: Owner | null;
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Runs a command line of `sandboxArguments` to its end, its timeout, or the signal (which throws its
 * reason). Killing means killing pid 1 of the sandbox: the kernel then ends every process in it before
 * bubblewrap, which waits for pid 1, can end itself.
 */
export async function runContained(
  [program, ...args]: string[],
  { owner, timeoutMs, signal }: ContainedOptions,
): Promise<CommandResult> {
  signal.throwIfAborted();
  const child = spawn(program ?? '', args, {
    env: BARE_ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    ...owner,
  });
  const output = createCappedOutput();
  const complaints = createCappedOutput();
  child.stdout?.on('data', output.add);
  child.stderr?.on('data', complaints.add);
  const status = watchStatus(child.stdio[3] as Readable);
  feed(child.stdio[4] as Writable, PASSWD);

  let hasTimedOut = false;
  const timer = setTimeout(() => {
    hasTimedOut = true;
    status.kill();
  }, timeoutMs);
  signal.addEventListener('abort', status.kill, { once: true });
  try {
    await closed(child);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', status.kill);
  }
  signal.throwIfAborted();
  if (hasTimedOut) return { exitCode: null, output: output.text(), hasTimedOut };
  if (status.exitCode() === null) {
    throw new MusterError(
      'sandbox_failed',
      `The sandbox did not run the command: ${complaints.text().trim()}`,
    );
  }
  return { exitCode: status.exitCode(), output: output.text(), hasTimedOut };
}

/** Bubblewrap's own report, one JSON object a line: first pid 1 of the sandbox, at the end its exit code. */
function watchStatus(stream: Readable): { kill: () => void; exitCode: () => number | null } {
  let text = '';
  let isDoomed = false;
  const numberOf = (name: string): number | null => {
    const digits = new RegExp(`"${name}": (\\d+)[\\s,}]`).exec(text)?.[1];
    return digits === undefined ? null : Number(digits);
  };
  const kill = (): void => {
    isDoomed = true;
    const pid = numberOf('child-pid');
    if (pid === null || numberOf('exit-code') !== null) return;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  };
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (isDoomed) kill();
  });
  return { kill, exitCode: () => numberOf('exit-code') };
}

function feed(stream: Writable, text: string): void {
  // A bubblewrap that fails early closes its end; its exit says so.
  stream.on('error', () => {});
  stream.end(text);
}

function closed(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new MusterError('sandbox_failed', 'The sandbox could not be started.', { cause }));
    });
    child.once('close', () => resolve());
  });
}

import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';
import { MusterError } from '../../domain/errors.ts';

const ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
  TZ: 'UTC',
};

let searchPath: string | null = null;

/** What a git command answered. */
export interface GitResult {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

/**
 * Starts git with nothing of the host's environment but `PATH`, so that neither somebody's configuration
 * nor a surrounding `GIT_DIR` changes a result, and no secret of the host reaches git.
 */
export function spawnGit(
  args: string[],
  variables: Record<string, string> = {},
): ChildProcessWithoutNullStreams {
  // The environment is the hosts' to read; a shell tells where this machine keeps its programs.
  searchPath ??= execFileSync('/bin/sh', ['-c', 'printf %s "$PATH"'], { encoding: 'utf8' });
  return spawn('git', args, { env: { ...ENVIRONMENT, PATH: searchPath, ...variables } });
}

/** Runs git on a bare repository and waits; any exit code is an answer. */
export async function runGit(dir: string, args: string[], input?: string | Uint8Array): Promise<GitResult> {
  const child = spawnGit([`--git-dir=${dir}`, ...args]);
  // A command that answers without reading its input closes the pipe; its exit code tells what happened.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [code, stdout, stderr] = await Promise.all([exited, buffer(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Standard output of a command that must succeed; throws `git_failed` with git's own words. */
export async function git(dir: string, args: string[], input?: string | Uint8Array): Promise<Buffer> {
  const result = await runGit(dir, args, input);
  if (result.code !== 0) throw gitFailure(args, result);
  return result.stdout;
}

/** The error for an exit code that nothing expected. */
export function gitFailure(args: string[], result: GitResult): MusterError {
  return new MusterError('git_failed', `git ${args[0]} failed: ${result.stderr.trim()}`, {
    value: { args, code: result.code },
  });
}

/** Splits NUL-terminated output into its fields. */
export function nulFields(output: Buffer): string[] {
  const fields = output.toString('utf8').split('\0');
  fields.pop();
  return fields;
}

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MusterError } from '../../domain/errors.ts';
import type { WorkspaceSource } from '../../ports/workspace.ts';
import type { Git, GitResult } from './git.ts';

const FETCH_TIMEOUT_MS = 10 * 60_000;

/**
 * Beats every .gitattributes: the tree holds the bytes of the commit, and what is taken from it becomes
 * blobs unchanged. No filter (LFS included), no line-end conversion, no re-encoding, no `ident`.
 */
const ATTRIBUTES = '* -text !eol !filter !ident !working-tree-encoding !diff !merge\n';

/**
 * Fills an empty work tree with one commit, fetched without its history; `sha: null` leaves it empty.
 * Throws `clone_failed` with git's words, retryable where the network, the server or a full disk was at fault.
 */
export async function checkOut(
  git: Git,
  gitDir: string,
  { cloneUrl, token, sha }: WorkspaceSource,
  signal: AbortSignal,
): Promise<void> {
  const failure = (result: GitResult): MusterError => cloneError(result, cloneUrl, token);
  const started = await git(['init', '--quiet', '--template='], { signal });
  if (started.exitCode !== 0) throw failure(started);
  await mkdir(path.join(gitDir, 'info'), { recursive: true });
  await writeFile(path.join(gitDir, 'info', 'attributes'), ATTRIBUTES);
  if (sha === null) return;

  const url = checkedUrl(cloneUrl);
  checkSha(sha);
  const flags = ['--quiet', '--depth=1', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  const fetched = await git(['fetch', ...flags, '--', cloneUrl, sha], {
    signal,
    timeoutMs: FETCH_TIMEOUT_MS,
    config: authorization(url, token),
  });
  if (fetched.exitCode !== 0) throw failure(fetched);
  const placed = await git(['read-tree', '--reset', '-u', sha], { signal, timeoutMs: FETCH_TIMEOUT_MS });
  if (placed.exitCode !== 0) throw failure(placed);
}

function checkedUrl(cloneUrl: string): URL {
  const url = URL.parse(cloneUrl);
  if (url === null || url.username !== '' || url.password !== '') {
    throw new MusterError('clone_failed', 'The clone URL is not a URL without credentials.');
  }
  return url;
}

function checkSha(sha: string): void {
  if (/^[0-9a-f]{40}$/.test(sha)) return;
  throw new MusterError('clone_failed', `\`${sha}\` is not a commit's full SHA.`, { value: sha });
}

/** For the host of the clone URL alone. */
function authorization(url: URL, token: string): Record<string, string> {
  if (token === '' || url.protocol === 'file:') return {};
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64');
  return { [`http.${url.origin}/.extraHeader`]: `Authorization: Basic ${credentials}` };
}

const RETRYABLE =
  /could not resolve host|failed to connect|couldn't connect|connection (was )?(reset|refused|timed out)|timed out|returned error: (5\d\d|429)|early EOF|RPC failed|unexpected disconnect|hung up|empty reply|no space left|disk quota exceeded|unable to write/i;

/** Git's last words, never its environment, where the token is: so no `cause`. */
function cloneError(result: GitResult, cloneUrl: string, token: string): MusterError {
  const words = result.hasTimedOut ? 'it timed out' : lastLine(result.stderr);
  const said = token === '' ? words : words.replaceAll(token, '***');
  return new MusterError('clone_failed', `git could not check out ${cloneUrl}: ${said}`, {
    value: { cloneUrl, exitCode: result.exitCode },
    isRetryable: result.hasTimedOut || RETRYABLE.test(result.stderr),
  });
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^fatal: /, '') ?? ''
  );
}

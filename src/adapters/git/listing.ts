import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { MusterError } from '../../domain/errors.ts';
import type { SearchHit } from '../../ports/workspace.ts';
import type { Git, GitResult } from './git.ts';
import { pathspecsOf } from './glob.ts';

const LIST_TIMEOUT_MS = 30_000;
const MAX_SEARCH_BYTES = 8 * 1024 * 1024;
const MAX_LINE_CHARACTERS = 400;

/** Tracked and new files that match, sorted; without ignored ones and links that lead out or nowhere. */
export async function listFiles(git: Git, root: string, glob: string | undefined): Promise<string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...pathspecsOf(glob)];
  const result = await git(args, { timeoutMs: LIST_TIMEOUT_MS });
  if (result.exitCode !== 0) throw patternError(result);
  const listed = [...new Set(zeroSeparated(result.stdout))].sort();
  const isReal = await Promise.all(listed.map((file) => leadsInside(root, file)));
  return listed.filter((_file, index) => isReal[index]);
}

/**
 * Lines that match an extended regular expression, by path and line, `limit` at most. Git does the
 * matching: no pattern of a model runs in our process.
 */
export async function searchFiles(
  git: Git,
  pattern: string,
  glob: string | undefined,
  { limit, timeoutMs }: { limit: number; timeoutMs: number },
): Promise<SearchHit[]> {
  if (pattern === '' || pattern.includes('\0')) throw new MusterError('bad_pattern', 'The pattern is empty.');
  const flags = ['--untracked', '--extended-regexp', '--line-number', '--null', '-I', '--no-color'];
  const result = await git(['grep', ...flags, '-e', pattern, '--', ...pathspecsOf(glob)], {
    timeoutMs,
    maxBytes: MAX_SEARCH_BYTES,
  });
  if (!result.isCut && result.exitCode !== 0 && result.exitCode !== 1) throw patternError(result);
  return parseHits(result.stdout)
    .sort((left, right) => compare(left.path, right.path) || left.line - right.line)
    .slice(0, limit);
}

/** The parts of output that git ends with NUL, which no path can contain. */
export function zeroSeparated(text: string): string[] {
  return text.split('\0').filter((part) => part !== '');
}

async function leadsInside(root: string, file: string): Promise<boolean> {
  try {
    return (await realpath(path.join(root, file))).startsWith(root + path.sep) && !file.endsWith('/');
  } catch {
    // Deleted, or a link to nowhere: not a file that can be read.
    return false;
  }
}

/** Lines of `path NUL line NUL text`; what a cut or a line break in a path left incomplete is dropped. */
function parseHits(text: string): SearchHit[] {
  return text.split('\n').flatMap((row) => {
    const match = /^([^\0]+)\0(\d+)\0(.*)$/.exec(row);
    if (match === null) return [];
    const [, file = '', line = '', found = ''] = match;
    return [{ path: file, line: Number(line), text: found.slice(0, MAX_LINE_CHARACTERS) }];
  });
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function patternError({ hasTimedOut, stderr }: GitResult): MusterError {
  const reason = hasTimedOut
    ? 'matching took too long'
    : stderr.trim().replace(/^fatal: (-e option, |command line, )?/, '');
  return new MusterError('bad_pattern', `The pattern can't be used: ${reason}`);
}

import { MusterError } from '../../domain/errors.ts';
import { cleanPath } from './paths.ts';

const MAX_ALTERNATIVES = 64;

/**
 * The git pathspecs of a glob as models write it: `**`, `*`, `?`, `[…]`, `{a,b}`. Without a slash it means
 * any folder (`*.ts`), without a wildcard also everything below (`src`). Matching stays with git, in a
 * process with a timeout: a hostile glob can't hold up ours. `bad_pattern` for too many alternatives.
 */
export function pathspecsOf(glob: string | undefined): string[] {
  if (glob === undefined || glob.trim() === '') return [];
  return [...new Set(expandBraces(glob.trim()).flatMap(pathspecs))];
}

function pathspecs(glob: string): string[] {
  const isFolder = glob.endsWith('/');
  const clean = cleanPath(glob.replace(/^\/+/, ''));
  const hasWildcard = /[*?[]/.test(clean);
  const patterns = clean.includes('/') ? [clean] : [clean, `**/${clean}`];
  const below = isFolder || !hasWildcard ? patterns.map((pattern) => `${pattern}/**`) : [];
  return [...patterns, ...below].map((pattern) => `:(glob)${pattern}`);
}

/** Every alternative of `{a,b}`, the innermost braces first; a lone brace stands for itself. */
function expandBraces(glob: string): string[] {
  let globs = [glob];
  for (;;) {
    const expanded = globs.flatMap(expandOnce);
    if (expanded.length > MAX_ALTERNATIVES) {
      throw new MusterError('bad_pattern', `The glob has more than ${MAX_ALTERNATIVES} alternatives.`);
    }
    if (expanded.length === globs.length && expanded.every((text, index) => text === globs[index]))
      return globs;
    globs = expanded;
  }
}

function expandOnce(glob: string): string[] {
  const match = /\{([^{},]*(?:,[^{},]*)+)\}/.exec(glob);
  if (match === null) return [glob];
  const [braces, inner = ''] = match;
  const before = glob.slice(0, match.index);
  const after = glob.slice(match.index + braces.length);
  return inner.split(',').map((alternative) => before + alternative + after);
}

import type { FileChange } from '../domain/proposal.ts';
import type { SecretScanner } from '../ports/secrets.ts';
import type { GuardNote, PiiPolicy } from './guard-text.ts';
import { isProtectedPath, leavesTree, normalisePath, unsafePath } from './paths.ts';
import { findPii, piiName } from './pii.ts';
import { mergeFindings } from './secrets.ts';
import { oversize } from './size.ts';

export interface ChangesContext {
  scanner: SecretScanner;
  pii: PiiPolicy;
  /** The configuration's `protected:` globs. */
  protectedGlobs: readonly string[];
  /** A file before the change; what stood there already is no new leak. Absent: everything counts as new. */
  readBase?: (path: string) => Promise<string | null>;
}

/**
 * What is wrong with the files of a pull request. They are never rewritten: a secret in them blocks, since a diff
 * with a hole is no longer what was tested; what only a person can judge asks for one.
 */
export async function guardChanges(
  changes: readonly FileChange[],
  context: ChangesContext,
): Promise<GuardNote[]> {
  const tooBig = oversize(changes);
  if (tooBig !== null) return [{ guard: 'size', outcome: 'blocked', message: tooBig }];
  const perFile = await Promise.all(changes.map(async (change) => guardChange(change, context)));
  return [...sameFileTwice(changes), ...perFile.flat()];
}

async function guardChange(change: FileChange, context: ChangesContext): Promise<GuardNote[]> {
  if ((await context.scanner.scan(change.path)).length > 0) {
    return [{ guard: 'secrets', outcome: 'blocked', message: 'the name of a file holds a secret' }];
  }
  const name = shown(change.path);
  const unsafe = unsafePath(change.path);
  if (unsafe !== null) return [{ guard: 'paths', outcome: 'blocked', message: `${name} ${unsafe}` }];
  const notes: GuardNote[] = [];
  if (change.mode === '120000' && change.content !== null && leavesTree(change.path, textOf(change))) {
    notes.push({ guard: 'paths', outcome: 'blocked', message: `${name} links out of the repository` });
  }
  if (isProtectedPath(change.path, context.protectedGlobs)) {
    notes.push({ guard: 'paths', outcome: 'needs_approval', message: `${name} is protected` });
  }
  if (change.origin === 'command') {
    notes.push({
      guard: 'paths',
      outcome: 'needs_approval',
      message: `${name} was changed by a command alone`,
    });
  }
  return [...notes, ...(await guardContent(change, name, context))];
}

async function guardContent(change: FileChange, name: string, context: ChangesContext): Promise<GuardNote[]> {
  if (change.content === null) return [];
  const text = textOf(change);
  const secrets = mergeFindings(await context.scanner.scan(text, change.path));
  const personal = context.pii.mode === 'off' ? [] : findPii(text);
  if (secrets.length === 0 && personal.length === 0) return [];
  const base = (await context.readBase?.(change.path)) ?? '';
  const isNew = ({ start, end }: { start: number; end: number }): boolean =>
    !base.includes(text.slice(start, end));
  const isUnknown = ({ start, end }: { start: number; end: number }): boolean =>
    !(context.pii.isKnownToAudience?.(text.slice(start, end)) ?? false);
  const newSecrets = [...new Set(secrets.filter(isNew).map(({ kind }) => kind))];
  const newPersonal = [
    ...new Set(
      personal
        .filter(isNew)
        .filter(isUnknown)
        .map(({ kind }) => piiName(kind)),
    ),
  ];
  return [
    ...(newSecrets.length === 0
      ? []
      : [
          {
            guard: 'secrets',
            outcome: 'blocked' as const,
            message: `${name} holds: ${newSecrets.join(', ')}`,
          },
        ]),
    ...(newPersonal.length === 0
      ? []
      : [
          {
            guard: 'pii',
            outcome: 'needs_approval' as const,
            message: `${name} adds: ${newPersonal.join(', ')}`,
          },
        ]),
  ];
}

// Case-insensitive and normalising file systems would let one overwrite the other unseen.
function sameFileTwice(changes: readonly FileChange[]): GuardNote[] {
  const written = changes.filter(({ content }) => content !== null).map(({ path }) => normalisePath(path));
  if (new Set(written).size === written.length) return [];
  return [
    { guard: 'paths', outcome: 'blocked', message: 'two files have names that some systems take for one' },
  ];
}

// Bytes are read as Latin-1 without NULs, so that ASCII shows in binaries and in UTF-16 alike.
function textOf({ content, encoding }: FileChange): string {
  if (content === null || encoding === 'utf-8') return content ?? '';
  return Buffer.from(content, 'base64').toString('latin1').replaceAll('\0', '');
}

function shown(path: string): string {
  return `\`${path.replace(/[`\p{Cc}\p{DI}]/gu, '?').slice(0, 200)}\``;
}

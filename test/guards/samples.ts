import * as fc from 'fast-check';
import type { FileChange, Proposal } from '../../src/domain/proposal.ts';
import type { SecretScanner } from '../../src/ports/secrets.ts';
import type { GuardContext } from '../../src/guards/guard-proposals.ts';

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Text that looks random and is the same each time; secrets for tests are made, never written down. */
export function randomText(length: number, alphabet = BASE62, seed = 7): string {
  let state = seed;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    text += alphabet[(state >> 12) % alphabet.length];
  }
  return text;
}

export function githubToken(seed = 7): string {
  return `ghp_${randomText(36, BASE62, seed)}`;
}

/** Knows one format, `SECRET-` and eight digits, so that guards are tested apart from the scanner. */
export const fakeScanner: SecretScanner = {
  scan: async (text) =>
    [...text.matchAll(/SECRET-\d{8}/g)].map((match) => ({
      kind: 'test key',
      start: match.index,
      end: match.index + match[0].length,
    })),
};

export const SECRET = 'SECRET-12345678';

export function context(overrides: Partial<GuardContext> = {}): GuardContext {
  return {
    subject: { kind: 'issue', number: 7 },
    scanner: fakeScanner,
    pii: { mode: 'redact' },
    protectedGlobs: [],
    published: [],
    limits: Object.fromEntries(
      ['comment', 'review', 'labels', 'assign', 'issue', 'pull_request', 'close', 'dispatch', 'notes'].map(
        (kind) => [kind, { max: 10 }],
      ),
    ),
    allowMentions: ['ada'],
    readWorkflow: async () => 'on: { workflow_dispatch: { inputs: { env: , value: } } }',
    ...overrides,
  };
}

export function comment(body: string, id = 'p1'): Proposal {
  return { kind: 'comment', id, body };
}

export function pullRequest(
  changes: FileChange[],
  overrides: { title?: string; body?: string } = {},
): Proposal {
  return {
    kind: 'pull_request',
    id: 'p1',
    title: 'Mend the parser',
    body: 'What and why.',
    changes,
    ...overrides,
  };
}

export function change(path: string, overrides: Partial<FileChange> = {}): FileChange {
  return {
    path,
    mode: '100644',
    content: 'export const a = 1;\n',
    encoding: 'utf-8',
    origin: 'edit',
    ...overrides,
  };
}

const FRAGMENTS = [
  '<!--',
  '-->',
  '<!-',
  '<',
  '>',
  '`',
  '```',
  '~~~',
  '\n',
  '\n\n',
  ' ',
  '    ',
  '- ',
  '> ',
  '1. ',
  '@',
  'octocat',
  '&#64;',
  '&#8203;',
  '&zwnj;',
  '&',
  '#',
  '9',
  'Fixes ',
  'closes ',
  '#9',
  'GH-3',
  'owner/repo#4',
  'https://evil.io/',
  '?q=',
  '![',
  '](',
  '[',
  ']',
  ')',
  '(',
  '"t"',
  '[x]: ',
  '<img alt="a" src="https://evil.io/x">',
  '<a href="javascript:x">',
  '</a>',
  '<div>',
  '</div>',
  '<details>',
  'javascript:',
  '\u200B',
  '\u200D',
  '👩',
  '💻',
  '\u{E0041}',
  '\r',
  '\\',
  '/approve',
  '/',
  '[skip ci]',
  '***NO_CI***',
  'Signed-off-by: x',
  'skip-checks: true',
  'muster:run=x',
  'a@b.co',
  '+44 20 7946 0958',
  SECRET,
  'password=',
  'Tr0ub4dor&3x!',
  '*',
  '_',
  '|',
  '<?',
  '?>',
  '<![CDATA[',
  ']]>',
  '⟦email:n:1⟧',
  '⟪',
  'word',
  'ا',
  '\u200C',
  '&#x200b;',
  '[redacted: x]',
  '[^1]',
  '[^1]: ',
  '<pre>',
  '$',
];

/** Texts put together from the pieces of which attacks are made. */
export const hostileText = fc
  .array(fc.constantFrom(...FRAGMENTS), { maxLength: 20 })
  .map((pieces) => pieces.join(''));

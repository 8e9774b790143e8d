import type { GuardFinding } from '../domain/guard.ts';
import type { Subject } from '../domain/subject.ts';
import type { SecretScanner } from '../ports/secrets.ts';
import { neutraliseCommitMessage } from './commit-message.ts';
import { stripHidden } from './hidden-text.ts';
import { stripInvisible } from './invisible.ts';
import { guardLinks } from './links.ts';
import { neutralise } from './neutralise.ts';
import { piiName, redactPii, type PiiVault } from './pii.ts';
import type { PiiKind } from './pii-detectors.ts';
import { redactSecrets } from './secrets.ts';
import { capText, capTitle, MAX_NOTE, MAX_TEXT } from './size.ts';

/** What happens to personal data on its way out. */
export interface PiiPolicy {
  mode: 'tokenise' | 'redact' | 'off';
  /** The run's vault, where tokens may still stand in what it says. */
  vault?: PiiVault;
  /** True for a value that everyone who will read the text could read before; absent: nobody knows any. */
  isKnownToAudience?: (value: string) => boolean;
}

/** What the guards of a text must know. */
export interface TextContext {
  subject: Subject;
  scanner: SecretScanner;
  pii: PiiPolicy;
  /** Logins that may be mentioned, without `@`. */
  allowMentions: readonly string[];
  /** Hosts beside GitHub's whose images may load: those that trusted material names (`hostsIn`). */
  allowedHosts?: readonly string[];
}

/**
 * `markdown`: comments and bodies; `commit_body`: the body of a pull request, which squashing makes a commit message;
 * `title`: one line that may become one; `note`: memory, read by models and people later.
 */
export type TextKind = 'markdown' | 'commit_body' | 'title' | 'note';

/** What a guard did or found, before it is said of which proposal. */
export type GuardNote = Pick<GuardFinding, 'guard' | 'outcome' | 'message'>;

interface Cleaned {
  text: string;
  notes: GuardNote[];
}

const MAX_ROUNDS = 6;
const WITHHELD = '[withheld: the text could not be made safe to publish]';

/**
 * A text that holds a model's words as the engine may publish it: tracking comments, checks, answers. Our own
 * markers are stripped too, so add them behind. Idempotent.
 */
export async function guardText(text: string, context: TextContext): Promise<string> {
  return (await cleanText(text, 'markdown', context)).text;
}

/** One line for a log or a trace: no secrets, no personal data, no invisible or line-breaking characters. */
export async function scrubForLog(text: string, scanner: SecretScanner): Promise<string> {
  const visible = stripInvisible(text).text.replace(/\s*\n\s*/g, ' ⏎ ');
  return redactPii((await redactSecrets(visible, scanner)).text).text;
}

/**
 * All text guards in order, round after round until nothing changes, and what they did. What never comes to rest
 * is withheld. A text that is already clean comes back as it is, without a note of cleaning.
 */
export async function cleanText(text: string, kind: TextKind, context: TextContext): Promise<Cleaned> {
  let current = text;
  const notes = new Map<string, GuardNote>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const cleaned = await cleanOnce(current, kind, context);
    for (const note of cleaned.notes)
      notes.set(note.guard + note.outcome, notes.get(note.guard + note.outcome) ?? note);
    if (cleaned.text === current) {
      return {
        text: current,
        notes: [...notes.values()].filter((note) => current !== text || note.outcome !== 'cleaned'),
      };
    }
    current = cleaned.text;
  }
  return {
    text: WITHHELD,
    notes: [{ guard: 'size', outcome: 'needs_approval', message: 'withheld: it could not be made safe' }],
  };
}

async function cleanOnce(text: string, kind: TextKind, context: TextContext): Promise<Cleaned> {
  const notes: GuardNote[] = [];
  const note = (guard: string, outcome: GuardNote['outcome'], message: string): void => {
    notes.push({ guard, outcome, message });
  };

  const capped = capFor(kind, text);
  if (capped !== text) note('size', 'cleaned', 'cut to the length that is taken');
  const seen = kind === 'title' ? stripInvisible(capped) : stripHidden(capped);
  const hidden = 'removed' in seen ? seen.removed : seen.hidden;
  if (hidden > 0) note('hidden-text', 'cleaned', `removed ${hidden} hidden part${hidden === 1 ? '' : 's'}`);
  const safe = await redactSecrets(seen.text, context.scanner);
  if (safe.kinds.length > 0) note('secrets', 'cleaned', `removed ${safe.kinds.join(', ')}`);
  const personal = hidePii(safe.text, context.pii);
  if (personal.kinds.length > 0) note('pii', 'cleaned', `removed ${personal.kinds.map(piiName).join(', ')}`);
  if (kind === 'note') return { text: personal.text, notes };

  const linked =
    kind === 'title'
      ? { text: personal.text, changes: 0, suspects: [] }
      : guardLinks(personal.text, { allowedHosts: context.allowedHosts ?? [] });
  if (linked.changes > 0)
    note('links', 'cleaned', 'turned images and addresses of other hosts into plain ones');
  for (const host of linked.suspects) {
    note(
      'links',
      'needs_approval',
      `an address at \`${host.slice(0, 80)}\` is long enough to carry data out`,
    );
  }
  const quiet = quieten(linked.text, kind, context);
  if (quiet !== linked.text)
    note('neutralise', 'cleaned', 'made mentions, closing keywords or commands inert');
  return { text: quiet, notes };
}

function capFor(kind: TextKind, text: string): string {
  if (kind === 'title') return capTitle(text);
  return capText(text, kind === 'note' ? MAX_NOTE : MAX_TEXT);
}

function quieten(text: string, kind: TextKind, context: TextContext): string {
  const options = { subjectNumber: context.subject.number, allowMentions: context.allowMentions };
  if (kind === 'title') return neutraliseCommitMessage(text, options);
  return neutralise(text, { ...options, isCommitBody: kind === 'commit_body' });
}

function hidePii(text: string, policy: PiiPolicy): { text: string; kinds: PiiKind[] } {
  if (policy.mode === 'off') return { text, kinds: [] };
  const isKnown = policy.isKnownToAudience ?? (() => false);
  return redactPii(policy.vault?.restore(text, isKnown) ?? text, isKnown);
}

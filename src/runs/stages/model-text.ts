import { guardText } from '../../guards/guard-text.ts';
import { createPiiVault, type HiddenDatum } from '../../guards/pii.ts';
import { redactSecrets } from '../../guards/secrets.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Prepared } from './prepare.ts';
import type { Session } from '../session.ts';

/** Text of a model, on its way into a comment or a check of ours: through the same guards as a proposal. */
export async function guardWords(session: Session, text: string): Promise<string> {
  return guardText(text, {
    subject: session.run.request.subject,
    scanner: session.engine.scanner,
    pii: { mode: 'redact' },
    allowMentions: [],
  });
}

/** A verdict as it may be shown: evidence may quote what a guard took out of a proposal. */
export async function guardVerdict(session: Session, verdict: Verdict): Promise<Verdict> {
  if (verdict.kind !== 'scored') return verdict;
  const criteria = await Promise.all(
    verdict.criteria.map(async (entry) => ({
      ...entry,
      evidence: await guardWords(session, entry.evidence),
    })),
  );
  return { ...verdict, criteria, summary: await guardWords(session, verdict.summary) };
}

/** Text on its way to a model: no secrets, and personal data as the policy says. */
export async function readableByModels(
  session: Session,
  prepared: Pick<Prepared, 'config' | 'nonce'>,
  hidden: readonly HiddenDatum[],
  text: string,
): Promise<string> {
  const { text: clean } = await redactSecrets(text, session.engine.scanner);
  return prepared.config.privacy.pii === 'off'
    ? clean
    : createPiiVault(prepared.nonce, hidden).tokenise(clean);
}

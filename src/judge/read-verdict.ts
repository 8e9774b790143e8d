import { z } from 'zod';
import { squash } from '../domain/quotation.ts';
import type { CriterionScore } from '../domain/verdict.ts';
import type { Criterion } from './rubric.ts';

const answerSchema = z.object({
  criteria: z.array(
    z.object({ name: z.string(), score: z.number().min(0).max(1), evidence: z.string().max(20_000) }),
  ),
  summary: z.string().max(20_000),
});

export type ReadVerdict =
  | { kind: 'read'; criteria: CriterionScore[]; summary: string; score: number }
  | { kind: 'unreadable'; reason: string };

/**
 * The judge's answer, checked: one entry for each criterion asked, and evidence that really stands in the
 * material; a quotation that doesn't makes its score 0. Anything else is unreadable, never a pass.
 */
export function readVerdict(text: string, criteria: readonly Criterion[], material: string): ReadVerdict {
  const answer = answerSchema.safeParse(parseJson(text));
  if (!answer.success)
    return { kind: 'unreadable', reason: 'the judge did not answer in the form asked for' };
  const haystack = squash(material);
  const scores: CriterionScore[] = [];
  for (const criterion of criteria) {
    const entries = answer.data.criteria.filter((entry) => entry.name === criterion.name);
    const [entry] = entries;
    if (entry === undefined || entries.length > 1) {
      return {
        kind: 'unreadable',
        reason: `the judge gave ${entries.length} scores for \`${criterion.name}\``,
      };
    }
    scores.push(isQuoted(entry.evidence, haystack) ? entry : { ...entry, score: 0 });
  }
  const score = scores.reduce((sum, entry) => sum + entry.score, 0) / scores.length;
  return { kind: 'read', criteria: scores, summary: answer.data.summary, score };
}

/** True for evidence that occurs in the material, spacing aside; too little text proves nothing. */
function isQuoted(evidence: string, haystack: string): boolean {
  const quoted = squash(evidence);
  return quoted.length >= 4 && haystack.includes(quoted);
}

function parseJson(text: string): unknown {
  const body = /^\s*```(?:json)?\s*\n([\s\S]*?)\n```\s*$/.exec(text)?.[1] ?? text;
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

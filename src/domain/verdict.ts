import type { MicroUsd } from './money.ts';

/** With fewer decisions of people than this, nothing is learned from them: a panel's score is the plain mean. */
export const MIN_DECISIONS = 20;

export interface CriterionScore {
  name: string;
  /** 0 to 1. */
  score: number;
  /** Quoted from the judged material. */
  evidence: string;
}

/** Where a criterion's evidence stands in the files of a head. */
export interface QuotedLines {
  criterion: string;
  path: string;
  startLine: number;
  endLine: number;
}

/** One answer of a panel: of one judge, on the material in one order. */
export interface PanelMember {
  /** `provider/model`. */
  model: string;
  /** 0 as the agent gave it; 1 and more are other orders of the same. */
  order: number;
  /** Mean of the criteria, 0 to 1. */
  score: number;
  /** Its part in the panel's score; the parts add up to 1. */
  share: number;
}

/** The judge's scores for the proposals of a run, or why there are none. A missing verdict never passes. */
export type Verdict =
  | {
      kind: 'scored';
      /** With a panel, each score is the panel's and each evidence the one of the member nearest to it. */
      criteria: CriterionScore[];
      summary: string;
      /** Mean of the criteria, 0 to 1; of a panel the mean of its members by their shares. */
      score: number;
      threshold: number;
      model: string;
      /** True where the only provider judged its own work with another tier. */
      isSelfJudged: boolean;
      costMicroUsd: MicroUsd;
      /** Whose answers it is made of; absent in verdicts of earlier builds, as all below. */
      panel?: PanelMember[];
      /** Share of the panel on the side of the threshold that most of it is on, 0.5 to 1. */
      agreement?: number;
      /** That people accept it, learned from their decisions here; null while there are too few of them. */
      probability?: number | null;
      /** How many decisions were learned from, or were too few. */
      decisions?: number;
      /** Length of what was proposed, in characters: judges favour long texts, which is learned as well. */
      proposedCharacters?: number;
      /** False where it was made on a part of the change: the rest is no text, or too much of it. Absent else. */
      sawWhole?: false;
      /** The budget that left nothing for the rest of the panel, e.g. `the run's cap`. Absent else. */
      exhausted?: string;
    }
  | {
      kind: 'missing';
      reason: string;
      threshold: number;
      /** The budget that left nothing for the judge, or for one of a panel. Absent else. */
      exhausted?: string;
    }
  | { kind: 'not_needed'; reason: string };

/** True only for a score at or above its threshold that more than half of the panel gave as well. */
export function passesThreshold(verdict: Verdict): boolean {
  return verdict.kind === 'scored' && verdict.score >= verdict.threshold && !isDivided(verdict);
}

/** True where the score reaches the threshold, and yet no more than half of the panel does: a tie passes nothing. */
export function isDivided(verdict: Verdict): boolean {
  if (verdict.kind !== 'scored' || verdict.score < verdict.threshold) return false;
  return verdict.panel !== undefined && passingShare(verdict.panel, verdict.threshold) <= 0.5;
}

/** The budget that left nothing for a judge; null where each was paid. */
export function exhaustedBy(verdict: Verdict | null): string | null {
  return verdict === null || verdict.kind === 'not_needed' ? null : (verdict.exhausted ?? null);
}

/** The part of a panel whose own scores are at or above the threshold, 0 to 1. */
export function passingShare(panel: readonly PanelMember[], threshold: number): number {
  const passing = panel.reduce((sum, { score, share }) => sum + (score >= threshold ? share : 0), 0);
  // Shares are fractions: thirds don't add up to exactly one.
  return Math.round(passing * 1e9) / 1e9;
}

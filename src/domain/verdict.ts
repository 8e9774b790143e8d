import type { MicroUsd } from './money.ts';

export interface CriterionScore {
  name: string;
  /** 0 to 1. */
  score: number;
  /** Quoted from the judged material. */
  evidence: string;
}

/** The judge's scores for the proposals of a run, or why there are none. A missing verdict never passes. */
export type Verdict =
  | {
      kind: 'scored';
      criteria: CriterionScore[];
      summary: string;
      /** Mean of the criteria, 0 to 1. */
      score: number;
      threshold: number;
      model: string;
      /** True where the only provider judged its own work with another tier. */
      isSelfJudged: boolean;
      costMicroUsd: MicroUsd;
    }
  | { kind: 'missing'; reason: string; threshold: number }
  | { kind: 'not_needed'; reason: string };

/** True only for a score at or above its threshold. */
export function passesThreshold(verdict: Verdict): boolean {
  return verdict.kind === 'scored' && verdict.score >= verdict.threshold;
}

import type { Autonomy } from './config.ts';

/** From the least to the most that an agent may do by itself. */
export const LADDER: readonly Autonomy[] = ['dry-run', 'comment-only', 'gated', 'auto'];
/** Where an agent stands that the configuration gives no rung. */
export const DEFAULT_RUNG: Autonomy = 'gated';

/** The way up opens at this bound of enough decisions: 20 of 20 accepted, or 24 of 25. */
export const UP_BOUND = 0.8;
/** Below this bound of enough decisions is the way down: 14 of 20. */
export const DOWN_BOUND = 0.5;
/** A hold is lifted from this bound on: apart from `DOWN_BOUND`, so that no single decision flips it. */
export const LIFT_BOUND = 0.55;
/** Rejections in a row that are the way down. */
export const REJECTION_STREAK = 3;
/** Acceptances in a row that lift a hold. */
export const LIFT_STREAK = 5;
/** Older decisions don't count: a long good record would hide a fall. */
export const WINDOW = 50;
/** Further decisions after which a proposal that nobody merged is made again. */
export const NEW_DECISIONS = 10;

/** What people made of a round of a run, or of what had come of it. */
export interface PastDecision {
  decision: 'approved' | 'reworked' | 'rejected' | 'reverted';
  /** ISO 8601. */
  at: string;
}

/** Why an agent's effects wait for a person: a revert, a streak of rejections, a drop of the bound. */
export type HoldCause = 'revert' | 'streak' | 'drop';

/** What an agent's decisions on its present rung come to. */
export interface AgentRecord {
  /** In the window, as are the next two. */
  decisions: number;
  accepted: number;
  /** Lower end of the Wilson score interval of acceptance (95 %), 0 to 1; a rework counts as half a no. */
  bound: number;
  /** With the time of the decision that it began with. */
  hold: { cause: HoldCause; since: string } | null;
  /** The rung to propose. */
  proposed: Autonomy | null;
}

import type { ProposalKind } from './proposal.ts';

/** From loosest to tightest. `review` only differs from `approve` for pull requests. */
export const GATE_VALUES = ['publish', 'review', 'approve', 'block'] as const;

export type GateValue = (typeof GATE_VALUES)[number];

/** The tighter of two values. */
export function tighterGate(left: GateValue, right: GateValue): GateValue {
  return GATE_VALUES.indexOf(left) >= GATE_VALUES.indexOf(right) ? left : right;
}

/** What the gate says of one proposal, and every reason that tightened it. */
export interface GateDecision {
  proposalId: string;
  kind: ProposalKind;
  value: GateValue;
  reasons: string[];
}

import type { OutputLimit } from '../domain/agent.ts';
import type { GuardFinding } from '../domain/guard.ts';
import type { Proposal, ProposalKind } from '../domain/proposal.ts';

export type OutputLimits = Partial<Record<ProposalKind, OutputLimit>>;

export interface Kept {
  proposals: Proposal[];
  findings: GuardFinding[];
}

/**
 * Keeps what the agent file grants: of each kind the first `max` proposals, of labels the first `max` names over all
 * proposals. A kind that it doesn't list is dropped, but for notes, which every agent may take. What is dropped is
 * reported as blocked and no longer in the list. Idempotent.
 *
 * @param published What earlier rounds of the run published: it counts as well.
 */
export function applyLimits(
  proposals: readonly Proposal[],
  limits: OutputLimits,
  published: readonly Proposal[] = [],
): Kept {
  const used = new Map<ProposalKind, number>();
  for (const proposal of published)
    used.set(proposal.kind, (used.get(proposal.kind) ?? 0) + sizeOf(proposal));
  const kept: Kept = { proposals: [], findings: [] };
  const report = (proposalId: string, outcome: GuardFinding['outcome'], message: string): void => {
    kept.findings.push({ guard: 'size', proposalId, outcome, message });
  };
  for (const proposal of proposals) {
    const max = limits[proposal.kind]?.max ?? (proposal.kind === 'notes' ? Number.POSITIVE_INFINITY : 0);
    const left = max - (used.get(proposal.kind) ?? 0);
    if (left <= 0) {
      report(proposal.id, 'blocked', `dropped: the agent file allows ${max} of ${proposal.kind} in a run`);
    } else if (proposal.kind === 'labels') {
      const fitting = { ...proposal, add: proposal.add.slice(0, left) };
      fitting.remove = proposal.remove.slice(0, left - fitting.add.length);
      const count = sizeOf(fitting);
      if (count < sizeOf(proposal)) {
        report(
          proposal.id,
          'cleaned',
          `kept the first ${count} labels, the agent file allows ${max} in a run`,
        );
      }
      used.set('labels', max - left + count);
      kept.proposals.push(fitting);
    } else {
      used.set(proposal.kind, max - left + 1);
      kept.proposals.push(proposal);
    }
  }
  return kept;
}

/** Labels are counted by name. */
function sizeOf(proposal: Proposal): number {
  return proposal.kind === 'labels' ? proposal.add.length + proposal.remove.length : 1;
}

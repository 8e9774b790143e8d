import type { HoldCause } from '../domain/autonomy.ts';
import type { Autonomy, MusterConfig } from '../domain/config.ts';
import { tighterGate, type GateDecision, type GateValue } from '../domain/gate.ts';
import type { GuardFinding } from '../domain/guard.ts';
import type { AgentDefinition, OutputLimit } from '../domain/agent.ts';
import type { MicroUsd } from '../domain/money.ts';
import type { Proposal } from '../domain/proposal.ts';
import { isDivided, passesThreshold, type Verdict } from '../domain/verdict.ts';

/** Everything that the gate knows; nothing else decides. */
export interface GateFacts {
  proposals: Proposal[];
  findings: GuardFinding[];
  verdict: Verdict;
  isTainted: boolean;
  /** True where someone pushed since it was shown: what people decide on may be another by now. */
  isPushed: boolean;
  agent: Pick<AgentDefinition, 'gate' | 'outputs'>;
  config: Pick<MusterConfig, 'gate'>;
  autonomy: Autonomy | null;
  /** Why its record here holds the agent, whatever its rung; null where nothing does. */
  hold: HoldCause | null;
  /** False where no branch of this repository can start: it has no commits, or the head is a fork's. */
  hasCommits: boolean;
  /** Labels that the repository has; others can't be put on without a person. */
  repositoryLabels: readonly string[];
  /** Labels that a workflow file names: putting one on may start a privileged workflow. */
  workflowLabels: readonly string[];
  spentMicroUsd: MicroUsd;
  /** The quote's P90; null where none could be made. */
  quoteHighMicroUsd: MicroUsd | null;
}

interface Rule {
  value: GateValue;
  reason: string;
}

/**
 * Publish, review, approve or block, for each proposal: the kind's default, tightened by the configuration,
 * the agent file, and by what PRODUCT.md section 5 says is always for a person. The configuration may loosen
 * a default; nothing loosens the rest.
 */
export function decideGate(facts: GateFacts): GateDecision[] {
  const runRules = rulesOfTheRun(facts);
  return facts.proposals.map((proposal) => {
    const rules = [
      ...rulesOfTheKind(facts, proposal),
      ...rulesOfTheGuards(facts.findings, proposal),
      ...taintRules(facts, proposal),
      ...runRules,
    ];
    return {
      proposalId: proposal.id,
      kind: proposal.kind,
      value: rules.reduce<GateValue>((value, rule) => tighterGate(value, rule.value), 'publish'),
      reasons: rules.filter((rule) => rule.value !== 'publish').map((rule) => rule.reason),
    };
  });
}

function rulesOfTheRun(facts: GateFacts): Rule[] {
  const rules: Rule[] = [];
  if (facts.isPushed) rules.push({ value: 'approve', reason: 'someone pushed since it was shown' });
  if (!passesThreshold(facts.verdict) && facts.verdict.kind !== 'not_needed') {
    rules.push({ value: 'approve', reason: verdictReason(facts.verdict) });
  }
  if (facts.verdict.kind === 'scored' && facts.verdict.sawWhole === false) {
    rules.push({ value: 'approve', reason: 'the judge saw only part of the change' });
  }
  if (facts.quoteHighMicroUsd !== null && facts.spentMicroUsd > facts.quoteHighMicroUsd) {
    rules.push({ value: 'approve', reason: 'the run cost more than its quote' });
  }
  if (facts.hold !== null) rules.push({ value: 'approve', reason: HOLD_REASONS[facts.hold] });
  return rules;
}

const HOLD_REASONS: Record<HoldCause, string> = {
  revert: 'the agent is held: what it had made was reverted',
  streak: 'the agent is held: people rejected it several times in a row',
  drop: 'the agent is held: people accept too little of it',
};

function verdictReason(verdict: Verdict): string {
  if (isDivided(verdict)) return 'the judges are divided: no majority of them reaches the threshold';
  return verdict.kind === 'scored'
    ? `the judge's score ${verdict.score.toFixed(2)} is below ${verdict.threshold.toFixed(2)}`
    : `there is no verdict: ${verdict.reason}`;
}

function rulesOfTheKind(facts: GateFacts, proposal: Proposal): Rule[] {
  const standard = facts.config.gate[proposal.kind] ?? defaultGate(facts, proposal);
  const own = facts.agent.gate[proposal.kind];
  const rules: Rule[] = [{ value: standard, reason: `${describeKind(proposal)} waits for a person` }];
  if (own !== undefined) rules.push({ value: own, reason: 'the agent file asks for a person' });
  if (facts.autonomy === 'comment-only' && proposal.kind !== 'comment' && proposal.kind !== 'notes') {
    rules.push({ value: 'approve', reason: 'the agent is on `comment-only`' });
  }
  if (proposal.kind === 'labels') rules.push(...labelRules(facts, proposal));
  if (proposal.kind === 'pull_request' && !facts.hasCommits) {
    rules.push({ value: 'block', reason: 'this repository has no commit that a branch could start from' });
  }
  return rules;
}

function describeKind(proposal: Proposal): string {
  return proposal.kind === 'review' ? `\`review\` with ${proposal.event}` : `\`${proposal.kind}\``;
}

/** PRODUCT.md section 5, the table of defaults. */
function defaultGate(facts: GateFacts, proposal: Proposal): GateValue {
  switch (proposal.kind) {
    case 'comment':
    case 'notes':
    case 'labels':
      return 'publish';
    case 'review':
      return proposal.event === 'COMMENT' ? 'publish' : 'approve';
    case 'pull_request':
      return facts.autonomy === 'auto' ? 'publish' : 'review';
    case 'issue':
    case 'assign':
    case 'close':
    case 'dispatch':
      return 'approve';
  }
}

function labelRules(facts: GateFacts, proposal: Extract<Proposal, { kind: 'labels' }>): Rule[] {
  const limit: OutputLimit | undefined = facts.agent.outputs.labels;
  return [...proposal.add, ...proposal.remove].flatMap((label): Rule[] => {
    if (/^(agent|flow):/i.test(label)) {
      return [{ value: 'block', reason: `\`${label}\` would start a run` }];
    }
    if (!facts.repositoryLabels.includes(label)) {
      return [{ value: 'approve', reason: `the repository has no label \`${label}\`` }];
    }
    if (limit?.allow !== undefined) {
      return limit.allow.includes(label)
        ? []
        : [{ value: 'approve', reason: `\`${label}\` is not on the agent's list` }];
    }
    return facts.workflowLabels.includes(label)
      ? [{ value: 'approve', reason: `a workflow reacts to \`${label}\`` }]
      : [];
  });
}

function rulesOfTheGuards(findings: GuardFinding[], proposal: Proposal): Rule[] {
  return findings
    .filter((finding) => finding.proposalId === proposal.id && finding.outcome !== 'cleaned')
    .map((finding) => ({
      value: finding.outcome === 'blocked' ? 'block' : 'approve',
      reason: finding.message,
    }));
}

/** A tainted run gets out no more than a comment, a COMMENT review, listed labels and quarantined notes. */
function taintRules(facts: GateFacts, proposal: Proposal): Rule[] {
  if (!facts.isTainted) return [];
  const isHarmless =
    proposal.kind === 'comment' ||
    proposal.kind === 'notes' ||
    (proposal.kind === 'review' && proposal.event === 'COMMENT') ||
    (proposal.kind === 'labels' && facts.agent.outputs.labels?.allow !== undefined);
  return isHarmless
    ? []
    : [{ value: 'approve', reason: 'the run has read text of people who may not instruct it' }];
}

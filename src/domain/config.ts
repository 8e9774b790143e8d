import type { GateValue } from './gate.ts';
import type { MicroUsd } from './money.ts';
import type { PermissionLevel } from './permission.ts';
import type { ProposalKind } from './proposal.ts';

export const MODEL_TIERS = ['fast', 'standard', 'deep', 'judge'] as const;

export type ModelTier = (typeof MODEL_TIERS)[number];

export interface ModelPrice {
  /** Micro-dollars per million tokens. */
  inputMicroUsd: MicroUsd;
  cachedMicroUsd: MicroUsd;
  outputMicroUsd: MicroUsd;
}

export interface NotifyTarget {
  url: string;
  events: string[];
  secretEnv: string | null;
}

/** `.github/muster.yml`, validated, with every default filled in except the models of missing providers. */
export interface MusterConfig {
  /** Per-agent overrides, `agents.<name>`. */
  agents: Record<string, { enabled: boolean; autonomy: Autonomy | null; model: string | null }>;
  permission: { trigger: PermissionLevel; approve: PermissionLevel };
  /** Logins of bots that may trigger. */
  bots: string[];
  models: Partial<Record<ModelTier, string>> & { prices: Record<string, ModelPrice> };
  budgets: { runMicroUsd: MicroUsd; dayMicroUsd: MicroUsd; monthMicroUsd: MicroUsd };
  gate: Partial<Record<ProposalKind, GateValue>> & { required: boolean };
  approvals: { count: number; notRequester: boolean; expireDays: number };
  judge: { threshold: number; panel: number };
  memory: { days: number };
  mcp: Record<string, unknown>;
  /** Globs, beside the built-in protected paths. */
  protectedPaths: string[];
  privacy: { pii: 'tokenise' | 'redact' | 'off' };
  merge: 'never' | 'when_approved';
  notify: NotifyTarget[];
  isDryRun: boolean;
}

export type Autonomy = 'dry-run' | 'comment-only' | 'gated' | 'auto';

/** One thing that is wrong in a file, for a person: `muster.yml:4: budgets.day: expected a number`. */
export interface ConfigProblem {
  file: string;
  /** From 1. */
  line: number;
  key: string;
  expected: string;
}

/** One line a person can act on. */
export function describeProblem(problem: ConfigProblem): string {
  return `${problem.file}:${problem.line}: \`${problem.key}\`: ${problem.expected}`;
}

import type { ConfigProblem } from './config.ts';
import type { MicroUsd } from './money.ts';
import type { ProposalKind } from './proposal.ts';
import type { GateValue } from './gate.ts';

export const TOOL_GRANTS = ['read', 'search', 'edit', 'shell', 'web', 'agent', 'todo'] as const;

/** What an agent's `tools` grants; `mcp:<server>` and `mcp:<server>/<tool>` name MCP tools. */
export type ToolGrant = (typeof TOOL_GRANTS)[number] | `mcp:${string}`;

/** `fast`, `standard`, `deep`, `inherit`, or `provider/model`. */
export type ModelChoice = string;

/** One webhook event that starts the agent; no action means any action. */
export interface EventBinding {
  event: string;
  action: string | null;
}

/** How much of one proposal kind a run may publish, and which labels, workflows it may name. */
export interface OutputLimit {
  max: number;
  /** Allowed labels or workflow files; absent means the kind's default. */
  allow?: string[];
}

/** An agent file, validated. Every field is set; defaults are PRODUCT.md section 8's. */
export interface AgentDefinition {
  name: string;
  description: string;
  /** The Markdown body. */
  prompt: string;
  /** Where it stands, e.g. `.github/agents/mine.md`. */
  path: string;
  origin: 'builtin' | 'repository';
  tools: ToolGrant[];
  model: ModelChoice;
  maxTurns: number;
  category: string | null;
  on: EventBinding[];
  /** Cron lines, UTC. */
  schedules: string[];
  outputs: Partial<Record<ProposalKind, OutputLimit>>;
  /** Can only tighten the configuration's gate. */
  gate: Partial<Record<ProposalKind, GateValue>>;
  budget: { microUsd: MicroUsd; minutes: number };
  judge: { threshold: number | null; criteria: Record<string, string> };
  mcpServers: string[];
  /** Keys outside `muster:` that no format defines: kept, reported, without effect. */
  unknownKeys: string[];
}

/** A valid agent, with what its author should know, or everything that is wrong with the file. */
export type ParsedAgentFile =
  | { kind: 'valid'; agent: AgentDefinition; warnings: string[] }
  | { kind: 'invalid'; problems: ConfigProblem[] };

/** True for text that can name an agent or a flow: `[a-z0-9-]`, 1 to 64 characters. */
export function isAgentName(text: string): boolean {
  return /^[a-z0-9-]{1,64}$/.test(text);
}

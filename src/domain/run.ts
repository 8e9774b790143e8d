import type { Actor } from './actor.ts';
import type { MicroUsd } from './money.ts';
import type { Subject } from './subject.ts';
import type { Tenant } from './tenant.ts';
import type { Trigger } from './trigger.ts';

export const RUN_STATES = [
  'queued',
  'working',
  'judging',
  'waiting',
  'publishing',
  'done',
  'failed',
  'rejected',
  'cancelled',
  'expired',
  'refused',
] as const;

export type RunState = (typeof RUN_STATES)[number];

const NEXT: Record<RunState, readonly RunState[]> = {
  // Further than to working: `/retry` of a run that failed there.
  queued: ['working', 'judging', 'waiting', 'publishing', 'failed', 'cancelled', 'refused'],
  working: ['judging', 'publishing', 'done', 'failed', 'cancelled', 'refused'],
  judging: ['waiting', 'publishing', 'done', 'failed', 'cancelled'],
  // Judging again: someone pushed.
  waiting: ['working', 'judging', 'publishing', 'failed', 'rejected', 'cancelled', 'expired'],
  // Back to working: `/retry` of a round whose proposals are out, and a draft is left. To judging: as from done.
  publishing: ['working', 'judging', 'waiting', 'done', 'failed', 'cancelled'],
  // Someone pushed to the pull request that the run had opened.
  done: ['judging'],
  failed: ['queued'],
  rejected: [],
  cancelled: [],
  expired: [],
  refused: [],
};

/** True when a run may go from one state to the other; `failed → queued` is `/retry`, `done → judging` a push. */
export function canMove(from: RunState, to: RunState): boolean {
  return NEXT[from].includes(to);
}

/** True for a state that a run does not leave by itself. */
export function isEnded(state: RunState): boolean {
  return ['done', 'failed', 'rejected', 'cancelled', 'expired', 'refused'].includes(state);
}

/** Instructions, from someone who may instruct; absent when only the agent file instructs. */
export interface Instruction {
  text: string;
  source: 'command' | 'issue_body' | 'api';
}

/** What the router hands to the engine: everything that is known before GitHub is asked for more. */
export interface RunRequest {
  runId: string;
  tenant: Tenant;
  subject: Subject;
  /** `agent:<name>` or `flow:<name>`. */
  work: { kind: 'agent' | 'flow'; name: string };
  trigger: Trigger;
  /** Who pays and may not approve merges; null for events and schedules, authorised by the agent file. */
  requester: Actor | null;
  instruction: Instruction | null;
  /** Everything happens but publishing. */
  isDryRun: boolean;
  /** Overrides of a host's inputs (Action, CLI). */
  overrides: { model?: string; budgetMicroUsd?: MicroUsd; judgeThreshold?: number };
}

/** A run as it is stored. */
export interface Run {
  request: RunRequest;
  state: RunState;
  /** Raised by each claim; every write of a worker carries the one that it claimed. */
  attempt: number;
  /** Raised by a rework, a push and a retry; part of every step's key, so that each records new steps. */
  round: number;
  /** For good, once it has read text whose author is below the threshold, command output or the web. */
  isTainted: boolean;
  /** Why it ended, or what it waits for. */
  reason: string | null;
  createdAt: string;
  updatedAt: string;
}

import type { Effect } from './effect.ts';
import type { GateDecision } from './gate.ts';
import type { GuardFinding } from './guard.ts';
import type { MicroUsd } from './money.ts';
import type { Proposal } from './proposal.ts';
import type { Run } from './run.ts';
import type { TokenUsage } from './usage.ts';
import type { QuotedLines, Verdict } from './verdict.ts';

export interface Quote {
  /** P10 and P90 of what such a run costs. */
  lowMicroUsd: MicroUsd;
  highMicroUsd: MicroUsd;
  /** The run's cap. */
  capMicroUsd: MicroUsd;
}

export interface SpendLine {
  /** e.g. `turn 3`, `judge`. */
  step: string;
  model: string;
  usage: TokenUsage;
  costMicroUsd: MicroUsd;
}

export interface ChecklistItem {
  label: string;
  state: 'done' | 'current' | 'pending' | 'failed';
}

/** What a run goes through in each of its rounds, in this order. */
export const STAGES = ['prepare', 'work', 'check', 'judge', 'decide', 'wait', 'publish'] as const;

export interface Stage {
  name: (typeof STAGES)[number];
  /** From 0: the first. */
  round: number;
  durationMs: number;
}

/** What waits, for whom, and what moves it. */
export interface Waiting {
  /** e.g. `an approval by someone with write access`. */
  forWhom: string;
  proposalIds: string[];
  /** Digest that an approval binds to: a commit's SHA where there is one. */
  digest: string;
  expiresAt: string;
  /** GitHub's own comparison of the waiting commit. */
  comparisonUrl: string | null;
  /** At its head a review or a button has to stand; null where any will do, absent in records of earlier builds. */
  pull?: { number: number; headSha: string } | null;
}

/** A failure for the person who reads the comment: its class, what was tried, what to do next. */
export interface FailureReport {
  /** e.g. `budget`, `model_authentication`, `invalid_config`. */
  kind: string;
  message: string;
  /** e.g. `openai/gpt-5 was asked 5 times in 15.0 s (judge 1)`; empty where there was nothing to try. */
  tried: string[];
  next: string;
}

/** What ended an agent's work before it was through: the run goes on with what it had proposed by then. */
export interface CutShort {
  by: 'budget' | 'time' | 'turns';
  /** e.g. `the run's cap was used up after 3 turns`. */
  reason: string;
}

/** The pull request that a run opened, as it left it. */
export interface OwnPullRequest {
  number: number;
  url: string;
  headSha: string;
  /** As proposed; absent in records of earlier builds. */
  title?: string;
  body?: string;
  /** False where it was published without asking anybody: then nobody's no closes it. */
  isAsked?: boolean;
}

/** The head of the pull request that a run was asked on, where it has opened another one. */
export interface AskedHead {
  headSha: string;
  /** Digest of the checks that it shows. */
  checksDigest: string | null;
}

/** The record of a run as people see it: the only input of the tracking comment and of the checks. */
export interface RunView {
  run: Run;
  /** Decides what a public repository may not show. */
  isPrivateRepository: boolean;
  repositoryUrl: string;
  steps: ChecklistItem[];
  /** How long each stage took, once the run has ended; absent in records of earlier builds. */
  stages?: Stage[];
  /** The agent's own checklist (`plan`). */
  plan: { text: string; isDone: boolean }[];
  quote: Quote | null;
  spend: SpendLine[];
  /** What the choice of models and the provider's cache saved; absent where it isn't known. */
  savings?: { byModelChoiceMicroUsd: MicroUsd; byCachingMicroUsd: MicroUsd };
  /** Budgets of the day and month; shown in private repositories only. */
  budgets: {
    dayMicroUsd: MicroUsd;
    daySpentMicroUsd: MicroUsd;
    monthMicroUsd: MicroUsd;
    monthSpentMicroUsd: MicroUsd;
  } | null;
  proposals: Proposal[];
  guardFindings: GuardFinding[];
  /** Null where the work came to its own end; absent in records of earlier builds. */
  cutShort?: CutShort | null;
  verdict: Verdict | null;
  /** The lines of a head that the judge quotes, and the digest of verdict and head that they were found for. */
  quotes?: { headSha: string; of: string; lines: QuotedLines[] };
  decisions: GateDecision[];
  waiting: Waiting | null;
  approvals: { login: string; at: string; via: 'command' | 'review' | 'button' }[];
  effects: Effect[];
  pullRequest: OwnPullRequest | null;
  failure: FailureReport | null;
  /** Lines added while it was open, e.g. a second trigger with its link. */
  remarks: string[];
  /** The head that its checks stand on: of its own pull request, else of its subject. */
  headSha: string | null;
  /** Set once the run's own pull request has its checks: those here say so. */
  asked?: AskedHead | null;
  /** Nothing is published: each proposal is shown instead. */
  isDryRun: boolean;
  /** How many times it was retried after it had failed. */
  retries?: number;
  /** True once the run was done: what someone pushes to its pull request from then on is judged, too. */
  wasDone?: boolean;
  /** True in the Action, which no review and no button reaches. */
  hearsCommentsOnly?: boolean;
  /** The tracking comment, once it is posted, with the digest of the body that it shows. */
  comment: { id: number; url: string; digest: string; shownAt: string } | null;
  /** Digest of the checks that its head shows. */
  checksDigest: string | null;
}

/** All that the run has cost so far. */
export function totalSpend(view: Pick<RunView, 'spend'>): MicroUsd {
  return view.spend.reduce((sum, line) => sum + line.costMicroUsd, 0);
}

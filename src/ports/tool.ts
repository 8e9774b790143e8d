import type { Json } from '../domain/json.ts';
import type { AgentEnd, FileChange, NoteProposal, Proposal } from '../domain/proposal.ts';
import type { ToolSchema } from './model.ts';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** A proposal before the run numbers it. */
export type ProposalDraft = WithoutId<Proposal>;

/** What one call did, as plain JSON: recorded, and never executed again. */
export interface ToolOutcome {
  /** What the model reads; capped, and says so when it was cut. */
  text: string;
  isError: boolean;
  /** Why the run is tainted from here on (an untrusted author, command output, the web), else null. */
  taint: string | null;
  /** Files that the call changed, to be put in place again after a restart. */
  changes: FileChange[];
  proposal: ProposalDraft | null;
  note: NoteProposal | null;
  end: Exclude<AgentEnd, { kind: 'proposed' }> | null;
  /** The tracking comment's checklist, when the call set it. */
  plan: { text: string; isDone: boolean }[] | null;
}

export interface Tool {
  schema: ToolSchema;
  /** Never throws for what the model did wrong: that is an outcome with `isError` that helps it. */
  run(args: Json, signal: AbortSignal): Promise<ToolOutcome>;
}

/** A plain answer. */
export function toolText(text: string, extra: Partial<ToolOutcome> = {}): ToolOutcome {
  return {
    text,
    isError: false,
    taint: null,
    changes: [],
    proposal: null,
    note: null,
    end: null,
    plan: null,
    ...extra,
  };
}

/** An answer that tells the model what was wrong and what would work. */
export function toolError(text: string): ToolOutcome {
  return toolText(text, { isError: true });
}

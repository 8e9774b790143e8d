/** Every kind of output that an agent can ask for, in the order in which they are published. */
export const PROPOSAL_KINDS = [
  'notes',
  'labels',
  'assign',
  'pull_request',
  'review',
  'issue',
  'comment',
  'dispatch',
  'close',
] as const;

export type ProposalKind = (typeof PROPOSAL_KINDS)[number];

export interface ReviewComment {
  path: string;
  /** Line in the file's new version, from 1. */
  line: number;
  body: string;
  /** `fingerprintOf` it, to know it again at the next review; absent where it has none. */
  finding?: string;
}

export type ReviewEvent = 'COMMENT' | 'APPROVE' | 'REQUEST_CHANGES';

export type FileMode = '100644' | '100755' | '120000';

/** One file as the proposal leaves it. `content: null` deletes; base64 for bytes that are not UTF-8. */
export interface FileChange {
  path: string;
  mode: FileMode;
  content: string | null;
  encoding: 'utf-8' | 'base64';
  /** `command`: no edit tool touched it, only a command did; such files always need a person. */
  origin: 'edit' | 'command';
}

export interface NoteProposal {
  text: string;
  kind: string;
}

type Body =
  | { kind: 'comment'; body: string }
  | { kind: 'review'; event: ReviewEvent; body: string; comments: ReviewComment[] }
  | { kind: 'labels'; add: string[]; remove: string[] }
  | { kind: 'assign'; logins: string[] }
  | { kind: 'issue'; title: string; body: string; labels: string[] }
  | { kind: 'pull_request'; title: string; body: string; changes: FileChange[] }
  | { kind: 'close'; reason: 'completed' | 'not_planned' }
  | { kind: 'dispatch'; workflow: string; inputs: Record<string, string> }
  | { kind: 'notes'; notes: NoteProposal[] };

/** One typed output of an agent. `id` is `p1`, `p2`, … in the order asked for, stable within its run. */
export type Proposal = Body & { id: string };

export type ProposalOf<Kind extends ProposalKind> = Extract<Proposal, { kind: Kind }>;

/** How the agent ended: with proposals, or honestly without. */
export type AgentEnd =
  | { kind: 'proposed' }
  | { kind: 'noop'; reason: string }
  | { kind: 'missing'; what: string; why: string };

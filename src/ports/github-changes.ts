import type { Actor } from '../domain/actor.ts';

export type ChangeKind =
  | 'labeled'
  | 'unlabeled'
  | 'assigned'
  | 'unassigned'
  | 'closed'
  | 'reopened'
  | 'ready_for_review'
  | 'converted_to_draft'
  | 'comment_deleted';

/** One line in the history of an issue or pull request. */
export interface ChangeFacts {
  kind: ChangeKind;
  actor: Actor;
  /** The label's name; the login of the assignee, or of the deleted comment's author; else empty. */
  of: string;
  createdAt: string;
}

import type { Proposal, ProposalKind, ProposalOf } from '../domain/proposal.ts';
import type { OwnPullRequest } from '../domain/run-view.ts';
import { assignEffector } from './assign.ts';
import { closeEffector } from './close.ts';
import { commentEffector } from './comment.ts';
import { dispatchEffector } from './dispatch.ts';
import { issueEffector } from './issue.ts';
import { labelsEffector } from './labels.ts';
import { notesEffector, type NoteKeeping } from './notes.ts';
import { moveEffector, pullRequestEffector } from './pull-request.ts';
import { reviewEffector } from './review.ts';
import type { Effector } from './target.ts';

/** One effector a kind; the compiler asks for a new kind's. */
export type Effectors = { [Kind in ProposalKind]: Effector<ProposalOf<Kind>> };

/**
 * Everything that can be published; only notes need more than GitHub.
 *
 * @param open The pull request of an earlier round, which a rework changes instead of opening another.
 */
export function createEffectors(notes: NoteKeeping, open: OwnPullRequest | null = null): Effectors {
  return {
    notes: notesEffector(notes),
    labels: labelsEffector,
    assign: assignEffector,
    pull_request: open === null ? pullRequestEffector : moveEffector(open),
    review: reviewEffector,
    issue: issueEffector,
    comment: commentEffector,
    dispatch: dispatchEffector,
    close: closeEffector,
  };
}

/** The effector of a proposal's kind. */
export function effectorFor(effectors: Effectors, proposal: Proposal): Effector<Proposal> {
  return effectors[proposal.kind];
}

import type { RunView } from '../domain/run-view.ts';
import {
  isApproved,
  judgeApproval,
  type Approval,
  type ApprovalPolicy,
  type Shown,
  type SourceNow,
} from '../gate/approval.ts';
import type { AwaitedProposals } from './await-decision.ts';
import type { Prepared } from './prepare.ts';
import type { Session } from './session.ts';
import type { Signal } from './signals.ts';

export type Weighed =
  | { kind: 'approved'; approvals: Approval[] }
  | { kind: 'counted'; approvals: Approval[] }
  | { kind: 'declined'; reason: string };

/**
 * Weighs an approval, and those that counted before it, by what GitHub says of them now: there, unedited, by
 * the same person with enough access, for what is shown and the head as it is.
 */
export async function weighApproval(
  session: Session,
  prepared: Prepared,
  awaited: AwaitedProposals,
  shown: Shown,
  signal: Extract<Signal, { kind: 'approve' }>,
): Promise<Weighed> {
  const policy: ApprovalPolicy = {
    threshold: prepared.config.permission.approve,
    count: prepared.config.approvals.count,
    notRequester: prepared.config.approvals.notRequester || prepared.config.merge === 'when_approved',
    requesterId: session.run.request.requester?.id ?? null,
  };
  const pull = awaited.pull === null ? null : await session.github.getPullRequest(awaited.pull.number);
  if (pull !== null && pull.base.ref !== awaited.pull?.baseRef) {
    return { kind: 'declined', reason: `the pull request goes to \`${pull.base.ref}\` now` };
  }
  const headNow = pull?.head.sha ?? null;
  const candidates = [...(await earlierApprovals(session)), toApproval(signal)];
  const counting: Approval[] = [];
  for (const approval of candidates) {
    const now = await readSource(session, approval, signal.source.number);
    const standing = judgeApproval(approval, shown, now, headNow, policy);
    if (standing.kind === 'counts') counting.push(approval);
    else if (approval === candidates.at(-1)) return { kind: 'declined', reason: standing.reason };
  }
  return { kind: isApproved(counting, policy) ? 'approved' : 'counted', approvals: counting };
}

/** Approvals as the tracking comment lists them. */
export function shownApprovals(approvals: readonly Approval[]): RunView['approvals'] {
  return approvals.map(({ actor, at, via }) => ({ login: actor.login, at, via }));
}

function toApproval(signal: Extract<Signal, { kind: 'approve' }>): Approval {
  return {
    actor: signal.actor,
    at: signal.source.at,
    via: signal.source.via,
    sourceId: signal.source.id,
    reviewedSha: signal.source.reviewedSha,
    maxMicroUsd: signal.maxMicroUsd,
  };
}

/** Approvals that counted while more were needed. */
async function earlierApprovals(session: Session): Promise<Approval[]> {
  const { tenant, runId } = session.run.request;
  const rows = await session.engine.database.transaction(tenant.id, async (tx) =>
    tx.query<{ payload: Extract<Signal, { kind: 'approve' }> }>(
      `SELECT payload FROM signals WHERE tenant_id = $1 AND run_id = $2 AND kind = 'approve' AND outcome = 'counted'
       ORDER BY sequence`,
      [tenant.id, runId],
    ),
  );
  return rows.map((row) => toApproval(row.payload));
}

/** The comment, review or press as GitHub shows it now; null where it is gone. */
async function readSource(
  session: Session,
  source: Pick<Approval, 'via' | 'sourceId' | 'actor'>,
  number: number,
): Promise<SourceNow | null> {
  const { github } = session;
  const permission = await github.permissionOf(source.actor.login);
  switch (source.via) {
    case 'command': {
      const comment = await github.getComment(source.sourceId);
      if (comment === null) return null;
      return {
        isEdited: comment.updatedAt !== comment.createdAt,
        authorId: comment.author.id,
        permission,
        isDismissed: false,
      };
    }
    case 'review': {
      const review = (await github.listReviews(number)).find((candidate) => candidate.id === source.sourceId);
      if (review === undefined) return null;
      return {
        isEdited: false,
        authorId: review.author.id,
        permission,
        isDismissed: review.state === 'DISMISSED',
      };
    }
    case 'button':
      // A press leaves nothing behind to read again; who pressed is what GitHub's signed event said.
      return { isEdited: false, authorId: source.actor.id, permission, isDismissed: false };
  }
}

import type { RunView } from '../../domain/run-view.ts';
import {
  isApproved,
  judgeApproval,
  type Approval,
  type ApprovalPolicy,
  type Shown,
  type SourceNow,
  type Standing,
} from '../../gate/approval.ts';
import { answer } from './answer.ts';
import type { AwaitedProposals } from './await-decision.ts';
import type { StepSpec } from '../tables/journal.ts';
import type { Prepared } from '../stages/prepare.ts';
import { showRaise } from '../stages/run-cap.ts';
import type { Session } from '../session.ts';
import { signalsOf, type Signal } from '../tables/signals.ts';

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
  const asked = toApproval(signal);
  const earlier = await approvalsWith(session, ['counted']);
  const { standing, counting, isEnough } = await weigh(session, prepared, awaited, shown, [
    ...earlier,
    asked,
  ]);
  const own = standing.get(asked);
  if (own !== undefined && own.kind !== 'counts')
    return { kind: 'declined', reason: `${own.reason}; ${WHAT_WORKS[own.kind]}` };
  await showRaise(session, prepared, asked);
  return { kind: isEnough ? 'approved' : 'counted', approvals: counting };
}

const WHAT_WORKS = {
  stale: 'what works: another approval, of what waits as it is now',
  denied: 'what works: the approval of somebody else',
} as const;

/** Recorded once all that was approved is done: then no approval is asked for any more. */
export const PUBLISHED = { key: 'published', kind: 'signal', input: null } as const;

/** Recorded where a decision, an approval, didn't stand until it was carried out. */
export function voidOf(decision: StepSpec): StepSpec {
  return { ...decision, key: `${decision.key}-void` };
}

/**
 * Weighs a recorded approval once more, since the process that took it didn't come to publish all of it. Null
 * where it stands; else, recorded, what is left of it while the round waits for another decision.
 */
export async function approvalsLeft(
  session: Session,
  prepared: Prepared,
  awaited: AwaitedProposals,
  shown: Shown,
  decision: StepSpec,
): Promise<RunView['approvals'] | null> {
  const { journal, run } = session;
  const step = voidOf(decision);
  if (journal.has(PUBLISHED.key)) return null;
  if (journal.has(step.key)) return journal.step<RunView['approvals']>(step, async () => []);
  const approvals = await approvalsWith(session, ['counted', 'approved']);
  const { standing, counting, isEnough } = await weigh(session, prepared, awaited, shown, approvals);
  if (isEnough) return null;
  const reasons = [...standing].flatMap(([{ actor }, now]) =>
    now.kind === 'counts' ? [] : [`the approval by ${actor.login} doesn't count any more: ${now.reason}`],
  );
  const text = `Nothing more is published for now, ${reasons.join('; ')}.`;
  await answer(session, run.request.subject.number, `r${session.round}/${step.key}`, text);
  return journal.step(
    step,
    async () => shownApprovals(counting),
    async (tx) => {
      await tx.query(
        `UPDATE signals SET outcome = 'counted'
         WHERE tenant_id = $1 AND run_id = $2 AND kind = 'approve' AND outcome = 'approved'`,
        [run.request.tenant.id, run.request.runId],
      );
    },
  );
}

/** An approval, and where it stands: on what number its source is read. */
type Asked = Approval & { number: number };

interface Weighing {
  standing: Map<Asked, Standing>;
  counting: Approval[];
  isEnough: boolean;
}

async function weigh(
  session: Session,
  prepared: Prepared,
  awaited: AwaitedProposals,
  shown: Shown,
  approvals: readonly Asked[],
): Promise<Weighing> {
  const policy: ApprovalPolicy = {
    threshold: prepared.config.permission.approve,
    count: prepared.config.approvals.count,
    excluded: await excludedFrom(session, prepared),
  };
  const pull = awaited.pull === null ? null : await session.github.getPullRequest(awaited.pull.number);
  const hindrance =
    pull !== null && awaited.pull !== null && pull.base.ref !== awaited.pull.baseRef
      ? otherBase(session, pull.base.ref, awaited.pull.baseRef)
      : await unknownPusher(session, prepared, awaited);
  const standing = new Map<Asked, Standing>();
  for (const approval of approvals) {
    const now = await readSource(session, approval);
    standing.set(
      approval,
      hindrance === null
        ? judgeApproval(approval, shown, now, pull?.head.sha ?? null, policy)
        : { kind: 'stale', reason: hindrance },
    );
  }
  const counting = approvals.filter((approval) => standing.get(approval)?.kind === 'counts');
  return { standing, counting, isEnough: isApproved(counting, policy) };
}

/** Says so in the tracking comment, too: it goes on offering what doesn't count until the base is changed back. */
function otherBase({ view, show }: Session, now: string, shown: string): string {
  const reason = `the pull request goes to \`${now}\` now, and was shown for \`${shown}\`: change its base back, or \`/reject\` it`;
  const remark = `No approval counts while ${reason}.`;
  show({ remarks: view.remarks.includes(remark) ? view.remarks : [...view.remarks, remark] });
  return reason;
}

/** Approvals as the tracking comment lists them. */
export function shownApprovals(approvals: readonly Approval[]): RunView['approvals'] {
  return approvals.map(({ actor, at, via }) => ({ login: actor.login, at, via }));
}

function toApproval(signal: Extract<Signal, { kind: 'approve' }>): Asked {
  return {
    number: signal.source.number,
    actor: signal.actor,
    at: signal.source.at,
    via: signal.source.via,
    sourceId: signal.source.id,
    reviewedSha: signal.source.reviewedSha,
    maxMicroUsd: signal.maxMicroUsd,
  };
}

/**
 * Why a merge of our branch can't be approved, nor built upon, while GitHub hasn't said who pushed its head; null
 * where it has.
 */
export async function unknownPusher(
  session: Session,
  { config }: Prepared,
  { pull }: AwaitedProposals,
): Promise<string | null> {
  const own = session.view.pullRequest;
  if (
    config.merge === 'never' ||
    pull === null ||
    own?.number !== pull.number ||
    own.headSha === pull.headSha
  )
    return null;
  const isKnown = (await signalsOf(session)).some(
    ({ signal }) => signal.kind === 'push' && signal.headSha === pull.headSha && signal.actor !== null,
  );
  return isKnown
    ? null
    : 'who pushed may not approve the merge, and GitHub has not said yet who did; try again in a minute';
}

/** Who asked, where the configuration says so; for merges whoever had a hand in what is merged. */
async function excludedFrom(session: Session, { config, issue }: Prepared): Promise<number[]> {
  const { requester, instruction } = session.run.request;
  const asked = requester === null ? [] : [requester.id];
  if (config.merge === 'never') return config.approvals.notRequester ? asked : [];
  const writer = instruction?.source === 'issue_body' ? [issue.author.id] : [];
  const hands = (await signalsOf(session)).flatMap(({ signal, outcome }) => {
    if (signal.kind === 'push') return signal.actor === null ? [] : [signal.actor.id];
    return signal.kind === 'rework' && outcome === 'rework' ? [signal.actor.id] : [];
  });
  return [...asked, ...writer, ...hands];
}

/** Approvals that counted, while more were needed or for a decision, in the order in which they came. */
async function approvalsWith(session: Session, outcomes: readonly string[]): Promise<Asked[]> {
  return (await signalsOf(session)).flatMap(({ signal, outcome }) =>
    signal.kind === 'approve' && outcome !== null && outcomes.includes(outcome) ? [toApproval(signal)] : [],
  );
}

/** The comment, review or press as GitHub shows it now; null where it is gone. */
async function readSource(
  session: Session,
  source: Pick<Asked, 'via' | 'sourceId' | 'actor' | 'number'>,
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
      const review = (await github.listReviews(source.number)).find(
        (candidate) => candidate.id === source.sourceId,
      );
      if (review === undefined) return null;
      return {
        isEdited: await github.isReviewEdited(review.nodeId),
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

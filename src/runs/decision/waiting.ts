import { digestOf } from '../../domain/digest.ts';
import type { PreparedCommit } from '../../publish/target.ts';
import type { AwaitedProposals } from './await-decision.ts';
import type { Prepared } from '../stages/prepare.ts';
import type { Sorted } from '../stages/publish.ts';
import type { Session } from '../session.ts';

const DAY_MS = 86_400_000;

/**
 * What waits, for whom, until when, and the digest that an approval of it binds to.
 *
 * @param pushed The head that someone pushed since, which an approval is of then.
 */
export async function waitingFor(
  session: Session,
  prepared: Prepared,
  commit: PreparedCommit | null,
  sorted: Sorted,
  pushed: string | null,
): Promise<AwaitedProposals> {
  const { approvals, permission } = prepared.config;
  const proposals = [...sorted.draft, ...sorted.later];
  const holdsCommit = sorted.later.some((proposal) => proposal.kind === 'pull_request') && commit !== null;
  const pull = pullThatWaits(session, prepared, commit, sorted, pushed);
  const headSha = sorted.draft.length > 0 ? pull?.headSha : commit?.sha;
  const onlyCommit = proposals.every((proposal) => proposal.kind === 'pull_request') ? headSha : undefined;
  const people = approvals.count === 1 ? 'one person' : `${approvals.count} people`;
  const expiresAt = await session.journal.step({ key: 'wait', kind: 'gate', input: null }, async () =>
    new Date(session.engine.clock.now().getTime() + approvals.expireDays * DAY_MS).toISOString(),
  );
  return {
    waiting: {
      forWhom: `${people} with ${permission.approve} access`,
      proposalIds: proposals.map((proposal) => proposal.id),
      digest: onlyCommit ?? digestOf({ proposals, commit: headSha ?? null }),
      expiresAt,
      comparisonUrl: holdsCommit
        ? `${prepared.repository.url}/compare/${commit.baseSha}...${commit.sha}`
        : null,
      pull: pull === null ? null : { number: pull.number, headSha: pull.headSha },
    },
    pull,
  };
}

/** The draft that waits, else the pull request that the run was asked on. */
function pullThatWaits(
  { view, run }: Session,
  prepared: Prepared,
  commit: PreparedCommit | null,
  sorted: Sorted,
  pushed: string | null,
): AwaitedProposals['pull'] {
  const { pullRequest: subject, baseRef } = prepared;
  if (sorted.draft.length > 0 && view.pullRequest !== null && commit !== null)
    return { number: view.pullRequest.number, headSha: pushed ?? commit.sha, baseRef };
  if (subject === null) return null;
  return {
    number: run.request.subject.number,
    headSha: pushed ?? subject.head.sha,
    baseRef: subject.base.ref,
  };
}

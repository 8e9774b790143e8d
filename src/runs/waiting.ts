import { digestOf } from '../domain/digest.ts';
import type { PreparedCommit } from '../publish/target.ts';
import type { AwaitedProposals } from './await-decision.ts';
import type { Prepared } from './prepare.ts';
import type { Sorted } from './publish.ts';
import type { Session } from './session.ts';

const DAY_MS = 86_400_000;

/** What waits, for whom, until when, and the digest that an approval of it binds to. */
export async function waitingFor(
  session: Session,
  prepared: Prepared,
  commit: PreparedCommit | null,
  sorted: Sorted,
): Promise<AwaitedProposals> {
  const { approvals, permission } = prepared.config;
  const proposals = [...sorted.draft, ...sorted.later];
  const holdsCommit = sorted.later.some((proposal) => proposal.kind === 'pull_request') && commit !== null;
  const { pullRequest } = session.view;
  const onlyCommit = proposals.every((proposal) => proposal.kind === 'pull_request')
    ? commit?.sha
    : undefined;
  const people = approvals.count === 1 ? 'one person' : `${approvals.count} people`;
  const expiresAt = await session.journal.step({ key: 'wait', kind: 'gate', input: null }, async () =>
    new Date(session.engine.clock.now().getTime() + approvals.expireDays * DAY_MS).toISOString(),
  );
  return {
    waiting: {
      forWhom: `${people} with ${permission.approve} access`,
      proposalIds: proposals.map((proposal) => proposal.id),
      digest: onlyCommit ?? digestOf({ proposals, commit: commit?.sha ?? null }),
      expiresAt,
      comparisonUrl: holdsCommit
        ? `${prepared.repository.url}/compare/${commit.baseSha}...${commit.sha}`
        : null,
    },
    headSha: sorted.draft.length > 0 ? (commit?.sha ?? null) : null,
    pullRequestNumber: sorted.draft.length > 0 ? (pullRequest?.number ?? null) : null,
  };
}

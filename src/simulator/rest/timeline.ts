import type { Issue, Repository } from '../model.ts';
import { commitsBetween } from '../operations/commits.ts';
import { userPayload, type Payload } from '../payloads/account.ts';
import { gitCommitPayload } from '../payloads/commit.ts';
import { commentPayload, issueEventPayload } from '../payloads/issue.ts';
import { reviewPayload } from '../payloads/pull.ts';
import type { SimulatorState } from '../state.ts';

/** Events, comments, reviews and commits of an issue in the order in which they happened. */
export async function timelineOf(
  state: SimulatorState,
  repository: Repository,
  issue: Issue,
): Promise<Payload[]> {
  const events = issue.events.map((event) => ({
    at: event.createdAt,
    id: event.id,
    payload: issueEventPayload(state, repository, issue, event),
  }));
  const comments = issue.comments.map((comment) => ({
    at: comment.createdAt,
    id: comment.id,
    payload: {
      ...commentPayload(state, repository, issue, comment),
      event: 'commented',
      actor: userPayload(state, comment.author),
    },
  }));
  const reviews = (issue.pull?.reviews ?? []).flatMap((review) =>
    review.submittedAt === null
      ? []
      : [
          {
            at: review.submittedAt,
            id: review.id,
            payload: {
              ...reviewPayload(state, repository, issue, review),
              state: review.state.toLowerCase(),
              event: 'reviewed',
            },
          },
        ],
  );
  const commits = await commitEntries(state, repository, issue);
  const entries = [...events, ...comments, ...reviews].sort(
    (left, right) => left.at.localeCompare(right.at) || left.id - right.id,
  );
  return [...commits, ...entries.map((entry) => entry.payload)];
}

async function commitEntries(
  state: SimulatorState,
  repository: Repository,
  issue: Issue,
): Promise<Payload[]> {
  if (issue.pull === null) return [];
  const commits = await commitsBetween(repository.git, issue.pull.base.sha, issue.pull.head.sha);
  return commits.map((commit) => ({
    ...gitCommitPayload(state, repository, commit),
    event: 'committed',
  }));
}

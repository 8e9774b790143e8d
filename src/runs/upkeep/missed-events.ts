import type { Actor } from '../../domain/actor.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { GitHub, IssueFacts } from '../../ports/github.ts';

type ScanGitHub = Pick<
  GitHub,
  'identity' | 'listIssues' | 'lastLabelEvent' | 'listComments' | 'listReviews' | 'getPullRequest'
>;

/** An event that GitHub once sent, put together again from what it left behind. */
export interface MissedEvent {
  /** What it is the event of: `comment:12`, `review:34`, `label:7:agent:triager`. */
  trace: string;
  event: 'issues' | 'issue_comment' | 'pull_request_review';
  /** When GitHub says that it happened. */
  at: string;
  payload: Record<string, unknown>;
}

/**
 * The labels, comments and reviews of a repository at or after `since`, oldest first, as the events that they
 * were. An edited comment is left out: what it said when it was new is not known any more.
 */
export async function missedEvents(
  github: ScanGitHub,
  tenant: Tenant,
  since: string,
): Promise<MissedEvent[]> {
  const events: MissedEvent[] = [];
  for (const issue of await github.listIssues(since)) {
    events.push(
      ...(await labelEvents(github, tenant, issue)),
      ...(await commentEvents(github, tenant, issue, since)),
      ...(issue.isPullRequest ? await reviewEvents(github, tenant, issue) : []),
    );
  }
  const isNew = ({ at }: MissedEvent) => Date.parse(at) >= Date.parse(since);
  return events.filter(isNew).sort((left, right) => Date.parse(left.at) - Date.parse(right.at));
}

/** A label that starts a run is taken off when the run is accepted: one that is still there may not be. */
async function labelEvents(github: ScanGitHub, tenant: Tenant, issue: IssueFacts): Promise<MissedEvent[]> {
  const events: MissedEvent[] = [];
  for (const name of issue.labels.filter((label) => /^(agent|flow):/.test(label))) {
    const put = await github.lastLabelEvent(issue.number, name);
    if (put === null) continue;
    const payload = { ...envelope(tenant, 'labeled', put.actor), issue: toIssue(issue), label: { name } };
    events.push({ trace: `label:${issue.number}:${name}`, event: 'issues', at: put.createdAt, payload });
  }
  return events;
}

async function commentEvents(
  github: ScanGitHub,
  tenant: Tenant,
  issue: IssueFacts,
  since: string,
): Promise<MissedEvent[]> {
  const comments = await github.listComments(issue.number, since);
  return comments
    .filter(({ author }) => author.login !== github.identity.login)
    .filter(({ createdAt, updatedAt }) => createdAt === updatedAt)
    .map((comment) => ({
      trace: `comment:${comment.id}`,
      event: 'issue_comment',
      at: comment.createdAt,
      payload: {
        ...envelope(tenant, 'created', comment.author),
        issue: toIssue(issue),
        comment: {
          id: comment.id,
          node_id: comment.nodeId,
          body: comment.body,
          user: toUser(comment.author),
          created_at: comment.createdAt,
        },
      },
    }));
}

async function reviewEvents(github: ScanGitHub, tenant: Tenant, issue: IssueFacts): Promise<MissedEvent[]> {
  const pull = await github.getPullRequest(issue.number);
  if (pull === null) return [];
  const reviews = await github.listReviews(issue.number);
  return reviews
    .filter(({ state }) => ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED'].includes(state))
    .filter(({ author }) => author.login !== github.identity.login)
    .map((review) => ({
      trace: `review:${review.id}`,
      event: 'pull_request_review',
      at: review.submittedAt,
      payload: {
        ...envelope(tenant, 'submitted', review.author),
        pull_request: {
          number: pull.number,
          node_id: pull.nodeId,
          body: pull.body,
          user: toUser(pull.author),
          head: { sha: pull.head.sha },
          merged: pull.isMerged,
        },
        review: {
          id: review.id,
          node_id: review.nodeId,
          body: review.body,
          user: toUser(review.author),
          commit_id: review.commitSha,
          state: review.state.toLowerCase(),
          submitted_at: review.submittedAt,
        },
      },
    }));
}

function envelope(tenant: Tenant, action: string, sender: Actor): Record<string, unknown> {
  const { id, name, owner, installationId } = tenant;
  return {
    action,
    repository: { id, name, owner: { login: owner } },
    installation: { id: installationId },
    sender: toUser(sender),
  };
}

function toIssue(issue: IssueFacts): Record<string, unknown> {
  return {
    number: issue.number,
    node_id: issue.nodeId,
    body: issue.body,
    user: toUser(issue.author),
    ...(issue.isPullRequest ? { pull_request: {} } : {}),
  };
}

function toUser({ id, login, isBot }: Actor): Record<string, unknown> {
  return { id, login, type: isBot ? 'Bot' : 'User' };
}

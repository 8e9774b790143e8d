import { REACTIONS, type Comment, type Issue, type IssueEvent, type Label } from '../model.ts';
import type { Reaction, Repository } from '../model.ts';
import type { SimulatorState } from '../state.ts';
import { appPayload, authorAssociation, userPayload, type Payload } from './account.ts';
import { apiUrl, webUrl } from './repository.ts';

/** A label as the API shows it. */
export function labelPayload(state: SimulatorState, repository: Repository, label: Label): Payload {
  return {
    id: label.id,
    node_id: label.nodeId,
    url: `${apiUrl(state, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

/** The labels on an issue, in the order in which they were put on. */
export function issueLabels(repository: Repository, issue: Issue): Label[] {
  return issue.labels.flatMap((name) => repository.labels.find((label) => label.name === name) ?? []);
}

/** Web address of an issue or pull request. */
export function issueWebUrl(state: SimulatorState, repository: Repository, issue: Issue): string {
  return `${webUrl(state, repository)}/${issue.pull === null ? 'issues' : 'pull'}/${issue.number}`;
}

/** The counts of each reaction below a thing. */
export function reactionSummary(url: string, reactions: Reaction[]): Payload {
  const counts = REACTIONS.map((content) => [
    content,
    reactions.filter((entry) => entry.content === content).length,
  ]);
  return { url: `${url}/reactions`, total_count: reactions.length, ...Object.fromEntries(counts) };
}

/** One reaction. */
export function reactionPayload(state: SimulatorState, reaction: Reaction): Payload {
  return {
    id: reaction.id,
    node_id: reaction.nodeId,
    user: userPayload(state, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

/** An issue, or a pull request as the issues API shows it. */
export function issuePayload(state: SimulatorState, repository: Repository, issue: Issue): Payload {
  const api = `${apiUrl(state, repository)}/issues/${issue.number}`;
  const [first = null] = issue.assignees;
  return {
    id: issue.id,
    node_id: issue.nodeId,
    url: api,
    repository_url: apiUrl(state, repository),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    timeline_url: `${api}/timeline`,
    html_url: issueWebUrl(state, repository, issue),
    number: issue.number,
    title: issue.title,
    user: userPayload(state, issue.author),
    labels: issueLabels(repository, issue).map((label) => labelPayload(state, repository, label)),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.isLocked,
    active_lock_reason: null,
    assignee: first === null ? null : userPayload(state, first),
    assignees: issue.assignees.map((user) => userPayload(state, user)),
    milestone: null,
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: issue.closedBy === null ? null : userPayload(state, issue.closedBy),
    author_association: authorAssociation(repository, issue.author),
    body: issue.body,
    reactions: reactionSummary(api, issue.reactions),
    performed_via_github_app: issue.app === null ? null : appPayload(state, issue.app),
    ...pullLinks(state, repository, issue),
  };
}

/** A comment on an issue or pull request. */
export function commentPayload(
  state: SimulatorState,
  repository: Repository,
  issue: Issue,
  comment: Comment,
): Payload {
  const api = `${apiUrl(state, repository)}/issues/comments/${comment.id}`;
  return {
    id: comment.id,
    node_id: comment.nodeId,
    url: api,
    html_url: `${issueWebUrl(state, repository, issue)}#issuecomment-${comment.id}`,
    issue_url: `${apiUrl(state, repository)}/issues/${issue.number}`,
    body: comment.body,
    user: userPayload(state, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: authorAssociation(repository, comment.author),
    reactions: reactionSummary(api, comment.reactions),
    performed_via_github_app: comment.app === null ? null : appPayload(state, comment.app),
  };
}

/** One line of an issue's history, in the form of both the events and the timeline API. */
export function issueEventPayload(
  state: SimulatorState,
  repository: Repository,
  issue: Issue,
  event: IssueEvent,
): Payload {
  const { label, assignee, commitSha, rename } = event;
  return {
    id: event.id,
    node_id: event.nodeId,
    url: `${apiUrl(state, repository)}/issues/events/${event.id}`,
    actor: userPayload(state, event.actor),
    event: event.event,
    commit_id: commitSha ?? null,
    commit_url: commitSha === undefined ? null : `${apiUrl(state, repository)}/commits/${commitSha}`,
    created_at: event.createdAt,
    performed_via_github_app: event.app === null ? null : appPayload(state, event.app),
    ...(label === undefined ? {} : { label: { name: label.name, color: label.color } }),
    ...(assignee === undefined
      ? {}
      : { assignee: userPayload(state, assignee), assigner: userPayload(state, event.actor) }),
    ...(rename === undefined ? {} : { rename }),
    ...(event.event === 'closed' ? { state_reason: issue.stateReason } : {}),
    ...(event.event === 'locked' ? { lock_reason: null } : {}),
  };
}

function pullLinks(state: SimulatorState, repository: Repository, issue: Issue): Payload {
  if (issue.pull === null) return {};
  const web = issueWebUrl(state, repository, issue);
  return {
    draft: issue.pull.isDraft,
    pull_request: {
      url: `${apiUrl(state, repository)}/pulls/${issue.number}`,
      html_url: web,
      diff_url: `${web}.diff`,
      patch_url: `${web}.patch`,
      merged_at: issue.pull.mergedAt,
    },
  };
}

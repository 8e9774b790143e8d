import { GitHubError, invalidField } from '../errors.ts';
import type { Issue, IssueEvent, Repository } from '../model.ts';
import { nodeIdOf } from '../node-ids.ts';
import { nowText, type Actor, type SimulatorState } from '../state.ts';
import { assign } from './assignees.ts';
import { emitIssue } from './emit.ts';
import { labelIssue } from './labels.ts';
import { recordEvent } from './issue-events.ts';

/** GitHub's limit on the text of issues, pull requests, comments and reviews, in characters. */
const MAX_BODY_LENGTH = 65_536;

/** Throws 422 for a text that is too long. */
export function checkBody(resource: string, body: string | null): void {
  if (body === null || Array.from(body).length <= MAX_BODY_LENGTH) return;
  const message = `body is too long (maximum is ${MAX_BODY_LENGTH} characters)`;
  throw invalidField(resource, 'body', 'custom', message);
}

/** An issue with the repository's next number, not yet announced. */
export function buildIssue(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  input: { title: string; body: string | null },
): Issue {
  if (input.title.trim() === '') throw invalidField('Issue', 'title', 'missing_field');
  checkBody('Issue', input.body);
  const id = state.nextId();
  const at = nowText(state);
  return {
    id,
    nodeId: nodeIdOf('issue', id),
    repositoryId: repository.id,
    number: Math.max(0, ...repository.issues.keys()) + 1,
    title: input.title,
    body: input.body,
    author: actor.user,
    app: actor.app,
    state: 'open',
    stateReason: null,
    isLocked: false,
    labels: [],
    assignees: [],
    comments: [],
    reactions: [],
    events: [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    closedBy: null,
    lastEditedAt: null,
    editor: null,
    pull: null,
  };
}

/** Opens an issue: `issues.opened`, then `labeled` and `assigned` for each of those. */
export async function openIssue(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  input: { title: string; body: string | null; labels: string[]; assignees: string[] },
): Promise<Issue> {
  const issue = buildIssue(state, actor, repository, input);
  repository.issues.set(issue.number, issue);
  await emitIssue(state, actor, repository, issue, 'opened');
  await labelIssue(state, actor, repository, issue, input.labels);
  await assign(state, actor, repository, issue, input.assignees);
  return issue;
}

/** Changes title and body: `edited` with what was there before. */
export async function editIssue(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  input: { title?: string | undefined; body?: string | null | undefined },
): Promise<void> {
  const { title = issue.title, body = issue.body } = input;
  checkBody('Issue', body);
  const changes = {
    ...(title === issue.title ? {} : { title: { from: issue.title } }),
    ...(body === issue.body ? {} : { body: { from: issue.body ?? '' } }),
  };
  if (Object.keys(changes).length === 0) return;
  if (title !== issue.title) {
    recordEvent(state, actor, issue, { event: 'renamed', rename: { from: issue.title, to: title } });
  }
  issue.updatedAt = nowText(state);
  if (body !== issue.body) {
    issue.lastEditedAt = issue.updatedAt;
    issue.editor = actor.user;
  }
  issue.title = title;
  issue.body = body;
  await emitIssue(state, actor, repository, issue, 'edited', { changes });
}

/** Closes an issue or pull request: `closed`. Does nothing where it is closed. */
export async function closeIssue(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  reason: Issue['stateReason'],
  closingCommit: Pick<IssueEvent, 'commitSha'> = {},
): Promise<void> {
  if (issue.state === 'closed') return;
  issue.state = 'closed';
  issue.stateReason = issue.pull === null ? (reason ?? 'completed') : null;
  issue.closedAt = nowText(state);
  issue.closedBy = actor.user;
  issue.updatedAt = issue.closedAt;
  recordEvent(state, actor, issue, { event: 'closed', ...closingCommit });
  await emitIssue(state, actor, repository, issue, 'closed');
}

/** Opens it again: `reopened`. A merged pull request stays closed (422). */
export async function reopenIssue(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
): Promise<void> {
  if (issue.state === 'open') return;
  if (issue.pull?.mergedAt != null) throw invalidField('PullRequest', 'state', 'invalid');
  issue.state = 'open';
  issue.stateReason = issue.pull === null ? 'reopened' : null;
  issue.closedAt = null;
  issue.closedBy = null;
  issue.updatedAt = nowText(state);
  recordEvent(state, actor, issue, { event: 'reopened' });
  await emitIssue(state, actor, repository, issue, 'reopened');
}

/** Locks or unlocks the conversation; only people with write access comment on a locked one. */
export async function setLocked(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  isLocked: boolean,
): Promise<void> {
  if (issue.isLocked === isLocked) return;
  issue.isLocked = isLocked;
  const event = isLocked ? 'locked' : 'unlocked';
  recordEvent(state, actor, issue, { event });
  await emitIssue(state, actor, repository, issue, event);
}

/** The issue or pull request with that number; throws 404. */
export function issueNumbered(repository: Repository, number: number): Issue {
  const issue = repository.issues.get(number);
  if (issue === undefined) throw new GitHubError(404, 'Not Found');
  return issue;
}

import { forbidden } from '../errors.ts';
import type { Issue } from '../model.ts';
import {
  closeIssue,
  editIssue,
  issueNumbered,
  openIssue,
  reopenIssue,
  setLocked,
} from '../operations/issues.ts';
import { assign, canBeAssigned, unassign } from '../operations/assignees.ts';
import { labelIssue, unlabelIssue } from '../operations/labels.ts';
import { userPayload } from '../payloads/account.ts';
import { issuePayload } from '../payloads/issue.ts';
import { hasRole, roleOf } from '../roles.ts';
import { findUser } from '../state.ts';
import {
  actorIn,
  idParam,
  ok,
  page,
  queryText,
  textParam,
  type RepositoryHandler,
  type RestRequest,
} from './request.ts';

type Names = (string | { name: string })[];

interface IssueBody {
  title?: string | number;
  body?: string | null;
  state?: 'open' | 'closed';
  state_reason?: 'completed' | 'not_planned' | 'reopened' | 'duplicate' | null;
  labels?: Names;
  assignees?: string[];
}

/** Issues, their assignees and locks. */
export const issueHandlers: Record<string, RepositoryHandler> = {
  'issues/list-for-repo': (request, repository) =>
    page(request, listIssues(request, [...repository.issues.values()]), (issue) =>
      issuePayload(request.state, repository, issue),
    ),

  'issues/create': async (request, repository) => {
    const body = request.body as IssueBody;
    const mayLabel = isAppOrTriager(request, repository);
    const issue = await openIssue(request.state, actorIn(request), repository, {
      title: String(body.title),
      body: body.body ?? null,
      labels: mayLabel ? namesIn(body.labels ?? []) : [],
      assignees: mayLabel ? (body.assignees ?? []) : [],
    });
    return { status: 201, body: issuePayload(request.state, repository, issue) };
  },

  'issues/get': (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    return ok(issuePayload(request.state, repository, issue));
  },

  'issues/update': async (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    await updateIssue(request, repository, issue, request.body as IssueBody);
    return ok(issuePayload(request.state, repository, issue));
  },

  'issues/list-assignees': (request, repository) => {
    const people = [...request.state.users.values()].filter((user) => canBeAssigned(repository, user));
    return page(request, people, (user) => userPayload(request.state, user));
  },

  'issues/check-user-can-be-assigned': (request, repository) => {
    const user = findUser(request.state, textParam(request, 'assignee'));
    return { status: user !== null && canBeAssigned(repository, user) ? 204 : 404 };
  },

  'issues/add-assignees': async (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    const { assignees = [] } = request.body as { assignees?: string[] };
    await assign(request.state, actorIn(request), repository, issue, assignees);
    return { status: 201, body: issuePayload(request.state, repository, issue) };
  },

  'issues/remove-assignees': async (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    const { assignees = [] } = request.body as { assignees?: string[] };
    await unassign(request.state, actorIn(request), repository, issue, assignees);
    return ok(issuePayload(request.state, repository, issue));
  },

  'issues/lock': async (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    await setLocked(request.state, actorIn(request), repository, issue, true);
    return { status: 204 };
  },

  'issues/unlock': async (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    await setLocked(request.state, actorIn(request), repository, issue, false);
    return { status: 204 };
  },
};

/** Names out of GitHub's two ways to write labels. */
export function namesIn(labels: Names): string[] {
  return labels.map((label) => (typeof label === 'string' ? label : label.name));
}

async function updateIssue(
  request: RestRequest,
  repository: Parameters<RepositoryHandler>[1],
  issue: Issue,
  body: IssueBody,
): Promise<void> {
  const { state } = request;
  const actor = actorIn(request);
  const mayTriage = isAppOrTriager(request, repository);
  if (!mayTriage && issue.author.id !== actor.user.id)
    throw forbidden('Must have admin rights to Repository.');
  const title = body.title === undefined ? undefined : String(body.title);
  await editIssue(state, actor, repository, issue, { title, body: body.body });
  if (mayTriage && body.labels !== undefined) {
    await replaceLabels(request, repository, issue, namesIn(body.labels));
  }
  if (mayTriage && body.assignees !== undefined) {
    const wanted = body.assignees;
    const gone = issue.assignees.map((user) => user.login).filter((login) => !wanted.includes(login));
    await unassign(state, actor, repository, issue, gone);
    await assign(state, actor, repository, issue, wanted);
  }
  if (body.state === 'closed') {
    await closeIssue(state, actor, repository, issue, body.state_reason ?? null);
  }
  if (body.state === 'open') await reopenIssue(state, actor, repository, issue);
}

async function replaceLabels(
  request: RestRequest,
  repository: Parameters<RepositoryHandler>[1],
  issue: Issue,
  names: string[],
): Promise<void> {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  for (const name of issue.labels.filter((label) => !wanted.has(label.toLowerCase()))) {
    await unlabelIssue(request.state, actorIn(request), repository, issue, name);
  }
  await labelIssue(request.state, actorIn(request), repository, issue, names);
}

function isAppOrTriager(request: RestRequest, repository: Parameters<RepositoryHandler>[1]): boolean {
  const { user, app } = actorIn(request);
  return app !== null || hasRole(roleOf(repository, user), 'triage');
}

function listIssues(request: RestRequest, all: Issue[]): Issue[] {
  const wantedState = queryText(request, 'state') ?? 'open';
  const creator = queryText(request, 'creator')?.toLowerCase();
  const assignee = queryText(request, 'assignee')?.toLowerCase();
  const since = queryText(request, 'since');
  const labels = (queryText(request, 'labels') ?? '').split(',').filter((name) => name !== '');
  const key = queryText(request, 'sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const direction = queryText(request, 'direction') === 'asc' ? 1 : -1;
  return all
    .filter(
      (issue) =>
        (wantedState === 'all' || issue.state === wantedState) &&
        (creator === undefined || issue.author.login.toLowerCase() === creator) &&
        (assignee === undefined || issue.assignees.some((user) => user.login.toLowerCase() === assignee)) &&
        (since === undefined || Date.parse(issue.updatedAt) >= Date.parse(since)) &&
        labels.every((name) => issue.labels.some((label) => label.toLowerCase() === name.toLowerCase())),
    )
    .sort((left, right) => direction * (left[key].localeCompare(right[key]) || left.number - right.number));
}

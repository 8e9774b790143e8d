import { notFound } from '../errors.ts';
import { issueNumbered } from '../operations/issues.ts';
import { createLabel, findLabel, labelIssue, unlabelIssue } from '../operations/labels.ts';
import { issueEventPayload, issueLabels, labelPayload } from '../payloads/issue.ts';
import { namesIn } from './issues.ts';
import { timelineOf } from './timeline.ts';
import { actorIn, idParam, ok, page, textParam, type RepositoryHandler } from './request.ts';

/** Labels, and the history of an issue, which is where one sees who put them on. */
export const labelHandlers: Record<string, RepositoryHandler> = {
  'issues/list-labels-for-repo': (request, repository) =>
    page(request, repository.labels, (label) => labelPayload(request.state, repository, label)),

  'issues/create-label': (request, repository) => {
    const body = request.body as { name: string; color?: string; description?: string };
    const label = createLabel(request.state, actorIn(request), repository, body);
    return { status: 201, body: labelPayload(request.state, repository, label) };
  },

  'issues/get-label': (request, repository) => {
    const label = findLabel(repository, textParam(request, 'name'));
    if (label === null) throw notFound();
    return ok(labelPayload(request.state, repository, label));
  },

  'issues/list-labels-on-issue': (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    return page(request, issueLabels(repository, issue), (label) =>
      labelPayload(request.state, repository, label),
    );
  },

  'issues/add-labels': async (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    const body = request.body as { labels?: string[] } | string[];
    const names = namesIn(Array.isArray(body) ? body : (body.labels ?? []));
    await labelIssue(request.state, actorIn(request), repository, issue, names);
    const labels = issueLabels(repository, issue);
    return ok(labels.map((label) => labelPayload(request.state, repository, label)));
  },

  'issues/remove-label': async (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    await unlabelIssue(request.state, actorIn(request), repository, issue, textParam(request, 'name'));
    const labels = issueLabels(repository, issue);
    return ok(labels.map((label) => labelPayload(request.state, repository, label)));
  },

  'issues/list-events': (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    return page(request, issue.events, (event) => issueEventPayload(request.state, repository, issue, event));
  },

  'issues/list-events-for-timeline': async (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    const entries = await timelineOf(request.state, repository, issue);
    return page(request, entries, (entry) => entry);
  },
};

import type { GitHub, IssueFacts } from '../../ports/github.ts';
import { toActor } from './actor.ts';
import type { Octokit } from './client.ts';
import { collect, type Connection, orNull, PAGE_SIZE } from './connection.ts';
import { lastLabelEvent } from './label-events.ts';

type IssueArea = Pick<
  GitHub,
  | 'getIssue'
  | 'listLabels'
  | 'addLabels'
  | 'removeLabel'
  | 'lastLabelEvent'
  | 'createIssue'
  | 'listIssues'
  | 'listIssuesBy'
  | 'closeIssue'
  | 'assign'
>;

const MAX_LABELS = 1000;
const MAX_ISSUES = 3000;

/** Issues, their labels and assignees; a pull request is an issue here too, as it is on GitHub. */
export function createIssueArea(connection: Connection): IssueArea {
  const { octokit, repository } = connection;
  const { issues } = octokit.rest;
  const at = async (number: number) => ({ ...(await repository.name()), issue_number: number });
  return {
    async getIssue(number) {
      const answer = await orNull(issues.get(await at(number)));
      return answer === null ? null : toIssue(answer.data);
    },

    async listLabels() {
      const where = { ...(await repository.name()), per_page: PAGE_SIZE };
      const pages = octokit.paginate.iterator(issues.listLabelsForRepo, where);
      return (await collect(pages, MAX_LABELS)).map((label) => label.name);
    },

    async addLabels(number, labels) {
      if (labels.length > 0) await issues.addLabels({ ...(await at(number)), labels });
    },

    async removeLabel(number, label) {
      return (await orNull(issues.removeLabel({ ...(await at(number)), name: label }))) !== null;
    },

    lastLabelEvent: (number, label) => lastLabelEvent(connection, number, label),

    async createIssue(title, body, labels) {
      const answer = await issues.create({ ...(await repository.name()), title, body, labels });
      return toIssue(answer.data);
    },

    async listIssues(since) {
      const where = { ...(await repository.name()), since, state: 'all' as const, per_page: PAGE_SIZE };
      const pages = octokit.paginate.iterator(issues.listForRepo, where);
      return (await collect(pages, MAX_ISSUES)).map(toIssue);
    },

    async listIssuesBy(login, since) {
      const where = { ...(await repository.name()), creator: login, since, state: 'all' as const };
      const pages = octokit.paginate.iterator(issues.listForRepo, { ...where, per_page: PAGE_SIZE });
      return (await collect(pages, MAX_ISSUES)).map(toIssue).filter((issue) => !issue.isPullRequest);
    },

    async closeIssue(number, reason) {
      await issues.update({ ...(await at(number)), state: 'closed', state_reason: reason });
    },

    async assign(number, logins) {
      if (logins.length === 0) return [];
      const answer = await issues.addAssignees({ ...(await at(number)), assignees: logins });
      const assigned = new Set(answer.data.assignees?.map((person) => person.login.toLowerCase()));
      return logins.filter((login) => assigned.has(login.toLowerCase()));
    },
  };
}

type IssueAnswer = Awaited<ReturnType<Octokit['rest']['issues']['get']>>['data'];

function toIssue(issue: IssueAnswer): IssueFacts {
  return {
    number: issue.number,
    nodeId: issue.node_id,
    title: issue.title,
    body: issue.body ?? '',
    state: issue.state === 'closed' ? 'closed' : 'open',
    author: toActor(issue.user),
    labels: issue.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
    assignees: (issue.assignees ?? []).map((person) => person.login),
    isPullRequest: issue.pull_request !== undefined,
    url: issue.html_url,
    updatedAt: issue.updated_at,
  };
}

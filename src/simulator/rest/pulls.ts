import { forbidden, notFound } from '../errors.ts';
import type { Issue, Repository } from '../model.ts';
import { commitsBetween } from '../operations/commits.ts';
import { closeIssue, editIssue, issueNumbered, reopenIssue } from '../operations/issues.ts';
import { measurePull } from '../operations/measure.ts';
import { mergePull } from '../operations/merge.ts';
import { changeBase, openPull } from '../operations/pulls.ts';
import { GitHubError } from '../errors.ts';
import type { Payload } from '../payloads/account.ts';
import { commitPayload, diffEntry } from '../payloads/commit.ts';
import { fullPullPayload, pullOf, pullPayload } from '../payloads/pull.ts';
import { hasRole, roleOf } from '../roles.ts';
import type { SimulatorState } from '../state.ts';
import {
  actorIn,
  idParam,
  ok,
  page,
  queryText,
  type RepositoryHandler,
  type RestRequest,
} from './request.ts';

/** Pull requests. */
export const pullHandlers: Record<string, RepositoryHandler> = {
  'pulls/list': (request, repository) =>
    page(request, listPulls(request, repository), (issue) => pullPayload(request.state, repository, issue)),

  'pulls/create': async (request, repository) => {
    const body = request.body as {
      title?: string;
      body?: string;
      head: string;
      base: string;
      draft?: boolean;
    };
    const issue = await openPull(request.state, actorIn(request), repository, {
      title: body.title ?? '',
      body: body.body ?? null,
      head: body.head,
      base: body.base,
      isDraft: body.draft ?? false,
    });
    return { status: 201, body: await fullPull(request.state, repository, issue) };
  },

  'pulls/get': async (request, repository) => {
    const issue = pullIn(request, repository);
    return ok(await fullPull(request.state, repository, issue));
  },

  'pulls/update': async (request, repository) => {
    const issue = pullIn(request, repository);
    await updatePull(request, repository, issue);
    return ok(await fullPull(request.state, repository, issue));
  },

  'pulls/list-files': async (request, repository) => {
    const { base, head } = pullOf(pullIn(request, repository));
    const tip = (await repository.git.getRef(`refs/heads/${base.ref}`)) ?? base.sha;
    const { files } = await repository.git.compare(tip, head.sha);
    return page(request, files, (file) => diffEntry(request.state, repository, head.sha, file));
  },

  'pulls/list-commits': async (request, repository) => {
    const { base, head } = pullOf(pullIn(request, repository));
    const commits = await commitsBetween(repository.git, base.sha, head.sha);
    return page(request, commits, (commit) => commitPayload(request.state, repository, commit));
  },

  'pulls/merge': async (request, repository) => {
    const body = request.body as MergeBody;
    if (body.merge_method === 'rebase') {
      throw new GitHubError(405, 'Rebase merges are not allowed on this repository.');
    }
    const sha = await mergePull(request.state, actorIn(request), repository, pullIn(request, repository), {
      method: body.merge_method ?? 'merge',
      sha: body.sha,
      title: body.commit_title,
      message: body.commit_message,
    });
    return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
  },

  'pulls/check-if-merged': (request, repository) => ({
    status: pullOf(pullIn(request, repository)).mergedAt === null ? 404 : 204,
  }),
};

interface MergeBody {
  commit_title?: string;
  commit_message?: string;
  sha?: string;
  merge_method?: 'merge' | 'squash' | 'rebase';
}

/** The pull request that the path names; throws 404 for plain issues too. */
export function pullIn(request: RestRequest, repository: Repository): Issue {
  const issue = issueNumbered(repository, idParam(request, 'pull_number'));
  if (issue.pull === null) throw notFound();
  return issue;
}

async function fullPull(state: SimulatorState, repository: Repository, issue: Issue): Promise<Payload> {
  return fullPullPayload(state, repository, issue, await measurePull(state, repository, issue));
}

async function updatePull(request: RestRequest, repository: Repository, issue: Issue): Promise<void> {
  const { state } = request;
  const actor = actorIn(request);
  const body = request.body as { title?: string; body?: string; state?: string; base?: string };
  const mayWrite = actor.app !== null || hasRole(roleOf(repository, actor.user), 'triage');
  if (!mayWrite && issue.author.id !== actor.user.id)
    throw forbidden('Must have admin rights to Repository.');
  await editIssue(state, actor, repository, issue, { title: body.title, body: body.body });
  if (body.base !== undefined) await changeBase(state, actor, repository, issue, body.base);
  if (body.state === 'closed') await closeIssue(state, actor, repository, issue, null);
  if (body.state === 'open') await reopenIssue(state, actor, repository, issue);
}

function listPulls(request: RestRequest, repository: Repository): Issue[] {
  const wantedState = queryText(request, 'state') ?? 'open';
  const head = queryText(request, 'head');
  const base = queryText(request, 'base');
  const key = queryText(request, 'sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const isAscending = queryText(request, 'direction') === 'asc';
  const found = [...repository.issues.values()]
    .filter(
      ({ pull, state }) =>
        pull !== null &&
        (wantedState === 'all' || state === wantedState) &&
        (base === undefined || pull.base.ref === base) &&
        (head === undefined || !head.includes(':') || headLabel(request.state, pull.head) === head),
    )
    .sort((left, right) => left[key].localeCompare(right[key]) || left.number - right.number);
  return isAscending ? found : found.reverse();
}

/** GitHub filters by `owner:branch`, and ignores a head without an owner. */
function headLabel(state: SimulatorState, head: { repositoryId: number | null; ref: string }): string {
  const repository = head.repositoryId === null ? undefined : state.repositories.get(head.repositoryId);
  return `${repository?.owner.login ?? 'unknown'}:${head.ref}`;
}

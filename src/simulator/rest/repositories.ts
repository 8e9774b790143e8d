import { forbidden, GitHubError, invalid, notFound } from '../errors.ts';
import type { Repository } from '../model.ts';
import { isCovered } from '../authorise.ts';
import { addStatus } from '../operations/statuses.ts';
import { commitsBetween } from '../operations/commits.ts';
import { emitOn } from '../operations/emit.ts';
import { userPayload, type Payload } from '../payloads/account.ts';
import { statusPayload } from '../payloads/check.ts';
import { commitPayload, diffEntry } from '../payloads/commit.ts';
import { apiUrl, fullRepositoryPayload, repositoryPayload, webUrl } from '../payloads/repository.ts';
import { foldedPermission, hasRole, roleBooleans, roleOf } from '../roles.ts';
import { findUser, nowText } from '../state.ts';
import { commitNamed, findCommit } from './commit-names.ts';
import {
  actorIn,
  ok,
  page,
  queryText,
  textParam,
  type RepositoryHandler,
  type RestRequest,
} from './request.ts';

/** Repositories, who may do what on them, branches, commits and statuses. */
export const repositoryHandlers: Record<string, RepositoryHandler> = {
  'repos/get': (request, repository) => {
    const { caller } = request;
    const role = caller.kind === 'person' ? roleOf(repository, caller.user) : null;
    return ok(fullRepositoryPayload(request.state, repository, role));
  },

  'repos/get-collaborator-permission-level': (request, repository) => {
    checkMayAskPermissions(request, repository);
    const user = findUser(request.state, textParam(request, 'username'));
    if (user === null) throw notFound();
    const role = roleOf(repository, user);
    const role_name = role ?? 'none';
    return ok({
      permission: foldedPermission(role),
      user: { ...userPayload(request.state, user), permissions: roleBooleans(role), role_name },
      role_name,
    });
  },

  'repos/list-branches': async (request, repository) => {
    const refs = await repository.git.listRefs('refs/heads/');
    return page(request, refs, ({ ref, sha }) => {
      const name = ref.replace('refs/heads/', '');
      const commit = { sha, url: `${apiUrl(request.state, repository)}/commits/${sha}` };
      return { name, commit, protected: repository.protectedBranches.has(name) };
    });
  },

  'repos/get-branch': async (request, repository) => {
    const name = textParam(request, 'branch');
    const sha = await repository.git.getRef(`refs/heads/${name}`);
    if (sha === null) throw new GitHubError(404, 'Branch not found');
    const url = `${apiUrl(request.state, repository)}/branches/${name}`;
    const isProtected = repository.protectedBranches.has(name);
    return ok({
      name,
      commit: await commitBody(request, repository, sha),
      _links: { html: `${webUrl(request.state, repository)}/tree/${name}`, self: url },
      protected: isProtected,
      protection: { enabled: isProtected },
      protection_url: `${url}/protection`,
    });
  },

  'repos/get-branch-protection': (request, repository) => {
    const name = textParam(request, 'branch');
    if (!repository.protectedBranches.has(name)) throw new GitHubError(404, 'Branch not protected');
    const url = `${apiUrl(request.state, repository)}/branches/${name}/protection`;
    return ok({
      url,
      required_pull_request_reviews: {
        url: `${url}/required_pull_request_reviews`,
        dismiss_stale_reviews: false,
        require_code_owner_reviews: false,
        required_approving_review_count: 1,
      },
    });
  },

  'repos/get-commit': async (request, repository) => {
    const sha = await commitNamed(repository, textParam(request, 'ref'));
    return ok(await commitBody(request, repository, sha));
  },

  'repos/list-commits': async (request, repository) => {
    const name = queryText(request, 'sha') ?? repository.defaultBranch;
    const sha = await findCommit(repository, name);
    if (sha === null) throw notFound();
    const commits = (await commitsBetween(repository.git, null, sha)).reverse();
    return page(request, commits, (commit) => commitPayload(request.state, repository, commit));
  },

  'repos/compare-commits-with-basehead': (request, repository) => compare(request, repository),

  'repos/list-commit-statuses-for-ref': async (request, repository) => {
    const sha = await commitNamed(repository, textParam(request, 'ref'));
    const statuses = repository.statuses.filter((status) => status.sha === sha).reverse();
    return page(request, statuses, (status) => statusPayload(request.state, repository, status));
  },

  'repos/get-combined-status-for-ref': async (request, repository) => {
    const sha = await commitNamed(repository, textParam(request, 'ref'));
    const latest = new Map(
      repository.statuses.filter((status) => status.sha === sha).map((status) => [status.context, status]),
    );
    const states = new Set([...latest.values()].map((status) => status.state));
    const isFailed = states.has('failure') || states.has('error');
    const isPending = states.has('pending') || states.size === 0;
    const url = `${apiUrl(request.state, repository)}/commits/${sha}`;
    return ok({
      state: isFailed ? 'failure' : isPending ? 'pending' : 'success',
      statuses: [...latest.values()].map((status) => statusPayload(request.state, repository, status)),
      sha,
      total_count: latest.size,
      repository: repositoryPayload(request.state, repository),
      commit_url: url,
      url: `${url}/status`,
    });
  },

  'repos/create-commit-status': async (request, repository) => {
    const sha = await commitNamed(repository, textParam(request, 'sha'));
    const status = await addStatus(request.state, actorIn(request), repository, {
      ...(request.body as Omit<Parameters<typeof addStatus>[3], 'sha'>),
      sha,
    });
    return { status: 201, body: statusPayload(request.state, repository, status) };
  },

  'repos/create-dispatch-event': (request, repository) => {
    const body = request.body as { event_type: string; client_payload?: object };
    const client_payload = body.client_payload ?? {};
    if (JSON.stringify(client_payload).length >= 65_536) throw invalid('client_payload is too large');
    const { event_type } = body;
    const at = nowText(request.state);
    repository.repositoryDispatches.push({ eventType: event_type, payload: client_payload, at });
    const fields = { branch: repository.defaultBranch, client_payload };
    const event = { name: 'repository_dispatch', action: event_type, fields };
    emitOn(request.state, actorIn(request), repository, event);
    return { status: 204 };
  },
};

function checkMayAskPermissions(request: RestRequest, repository: Repository): void {
  const { caller, state } = request;
  const mayAsk =
    (caller.kind === 'person' && hasRole(roleOf(repository, caller.user), 'write')) ||
    (caller.kind === 'installation' && isCovered(state, caller, repository));
  if (!mayAsk) throw forbidden('Must have push access to view collaborator permission.');
}

async function commitBody(request: RestRequest, repository: Repository, sha: string): Promise<Payload> {
  const commit = await repository.git.readCommit(sha);
  if (commit === null) throw notFound();
  return commitPayload(request.state, repository, commit);
}

async function compare(request: RestRequest, repository: Repository) {
  const [baseName = '', headName = ''] = textParam(request, 'basehead').split('...');
  const base = await findCommit(repository, baseName);
  const head = await findCommit(repository, headName);
  if (base === null || head === null) throw notFound();
  const { mergeBase, ahead, behind, files } = await repository.git.compare(base, head);
  if (mergeBase === null) throw new GitHubError(404, 'No common ancestor between the two commits.');
  const commits = await commitsBetween(repository.git, base, head);
  const status = ahead === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged';
  const web = `${webUrl(request.state, repository)}/compare/${baseName}...${headName}`;
  return ok({
    url: `${apiUrl(request.state, repository)}/compare/${baseName}...${headName}`,
    html_url: web,
    permalink_url: `${webUrl(request.state, repository)}/compare/${base}...${head}`,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    base_commit: await commitBody(request, repository, base),
    merge_base_commit: await commitBody(request, repository, mergeBase),
    status,
    ahead_by: ahead,
    behind_by: behind,
    total_commits: commits.length,
    commits: commits.map((commit) => commitPayload(request.state, repository, commit)),
    files: files.map((file) => diffEntry(request.state, repository, head, file)),
  });
}

import { issueInstallationToken } from '../auth.ts';
import { isCovered } from '../authorise.ts';
import { forbidden, GitHubError, invalid, notFound } from '../errors.ts';
import type { App, Installation, Permissions, Repository } from '../model.ts';
import { appPayload, installationPayload, profilePayload } from '../payloads/account.ts';
import { repositoryPayload } from '../payloads/repository.ts';
import { findRepository, findUser, installationOn, type SimulatorState } from '../state.ts';
import { deliveryHandlers } from './deliveries.ts';
import { convertManifest } from './manifests.ts';
import { rootPayload } from './root.ts';
import { idParam, ok, page, textParam, type RestHandler, type RestRequest } from './request.ts';

/** Apps, installations and their tokens, and what is not bound to a repository. */
export const appHandlers: Record<string, RestHandler> = {
  ...deliveryHandlers,
  'meta/root': ({ state }) => ok(rootPayload(state.url)),
  'apps/create-from-manifest': (request) => convertManifest(request),
  'apps/get-authenticated': (request) => {
    const app = appIn(request);
    const count = [...request.state.installations.values()].filter((entry) => entry.appId === app.id).length;
    return ok({ ...appPayload(request.state, app), installations_count: count });
  },

  'apps/list-installations': (request) => {
    const app = appIn(request);
    const installations = [...request.state.installations.values()].filter((entry) => entry.appId === app.id);
    return page(request, installations, (entry) => installationPayload(request.state, entry));
  },

  'apps/get-installation': (request) => ok(installationPayload(request.state, installationIn(request))),

  'apps/get-repo-installation': (request) => {
    const repository = findRepository(request.state, textParam(request, 'owner'), textParam(request, 'repo'));
    const found = repository === null ? null : installationOn(request.state, appIn(request).id, repository);
    if (found === null) throw notFound();
    return ok(installationPayload(request.state, found));
  },

  'apps/create-installation-access-token': (request) => createToken(request),

  'apps/revoke-installation-access-token': ({ state, caller }) => {
    if (caller.kind === 'installation') state.tokens.delete(caller.token);
    return { status: 204 };
  },

  'apps/list-repos-accessible-to-installation': (request) => {
    const { state, caller } = request;
    if (caller.kind !== 'installation') throw forbidden();
    const repositories = [...state.repositories.values()].filter((entry) => isCovered(state, caller, entry));
    return page(
      request,
      repositories,
      (repository) => repositoryPayload(state, repository),
      (shown, total) => ({ total_count: total, repositories: shown }),
    );
  },

  'users/get-authenticated': ({ state, caller }) => {
    if (caller.kind !== 'person') throw forbidden();
    return ok(profilePayload(state, caller.user));
  },

  'users/get-by-username': (request) => {
    const user = findUser(request.state, textParam(request, 'username'));
    if (user === null) throw notFound();
    return ok(profilePayload(request.state, user));
  },
};

interface TokenBody {
  repositories?: string[];
  repository_ids?: number[];
  permissions?: Permissions;
}

function createToken(request: RestRequest) {
  const { state } = request;
  const app = appIn(request);
  const installation = installationIn(request);
  if (installation.suspendedAt !== null) throw new GitHubError(403, 'This installation has been suspended');
  const body = request.body as TokenBody;
  const chosen = chosenRepositories(state, installation, body);
  const token = issueInstallationToken(state, app, installation, {
    permissions: grantedPermissions(installation, body.permissions),
    repositoryIds: chosen === null ? null : new Set(chosen.map((repository) => repository.id)),
  });
  const isSelected = chosen !== null || installation.repositoryIds !== null;
  const answer = {
    token: token.value,
    expires_at: token.expiresAt.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    permissions: token.permissions,
    repository_selection: isSelected ? 'selected' : 'all',
    ...(chosen === null ? {} : { repositories: chosen.map((entry) => repositoryPayload(state, entry)) }),
  };
  return { status: 201, body: answer };
}

function grantedPermissions(installation: Installation, asked: Permissions | undefined): Permissions {
  if (asked === undefined) return installation.permissions;
  const excess = Object.entries(asked).some(([name, level]) => {
    const granted = installation.permissions[name];
    return granted === undefined || (granted === 'read' && level !== 'read');
  });
  if (excess) throw invalid('The permissions requested are not granted to this installation.');
  return asked;
}

function chosenRepositories(
  state: SimulatorState,
  installation: Installation,
  { repositories, repository_ids }: TokenBody,
): Repository[] | null {
  if (repositories === undefined && repository_ids === undefined) return null;
  const available = [...state.repositories.values()].filter(
    (entry) => installationOn(state, installation.appId, entry)?.id === installation.id,
  );
  const byName = (repositories ?? []).map((name) => available.find((entry) => entry.name === name));
  const byId = (repository_ids ?? []).map((id) => available.find((entry) => entry.id === id));
  return [...byName, ...byId].map((entry) => {
    if (entry === undefined) {
      throw invalid(
        'There is at least one repository that does not exist or is not accessible to the parent installation.',
      );
    }
    return entry;
  });
}

function appIn({ caller }: RestRequest): App {
  if (caller.kind !== 'app') throw new GitHubError(401, 'A JSON web token could not be decoded');
  return caller.app;
}

function installationIn(request: RestRequest): Installation {
  const found = request.state.installations.get(idParam(request, 'installation_id'));
  if (found?.appId !== appIn(request).id) throw notFound();
  return found;
}

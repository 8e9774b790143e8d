import type { App, Installation, User } from '../model.ts';
import type { SimulatorState } from '../state.ts';

export type Payload = Record<string, unknown>;

/** GitHub's "simple user". */
export function userPayload(state: SimulatorState, user: User): Payload {
  const api = `${state.url}/users/${encodeURIComponent(user.login)}`;
  return {
    login: user.login,
    id: user.id,
    node_id: user.nodeId,
    avatar_url: `${state.url}/avatars/${user.id}`,
    gravatar_id: '',
    url: api,
    html_url:
      user.type === 'Bot'
        ? `${state.url}/apps/${user.login.replace(/\[bot\]$/, '')}`
        : `${state.url}/${user.login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: user.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** An organisation as webhooks carry it beside the repository. */
export function organizationPayload(state: SimulatorState, { id, login, nodeId }: User): Payload {
  const api = `${state.url}/orgs/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId,
    url: api,
    repos_url: `${api}/repos`,
    events_url: `${api}/events`,
    hooks_url: `${api}/hooks`,
    issues_url: `${api}/issues`,
    members_url: `${api}/members{/member}`,
    public_members_url: `${api}/public_members{/member}`,
    avatar_url: `${state.url}/avatars/${id}`,
    description: null,
  };
}

/** The long form that `GET /user` and `GET /users/{username}` answer. */
export function profilePayload(state: SimulatorState, user: User): Payload {
  return {
    ...userPayload(state, user),
    name: user.login,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: [...state.repositories.values()].filter((entry) => entry.owner.id === user.id).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: '2020-01-01T00:00:00Z',
    updated_at: '2020-01-01T00:00:00Z',
  };
}

/** An App as comments, checks and `GET /app` show it. */
export function appPayload(state: SimulatorState, app: App): Payload {
  const owner = state.users.get(app.ownerId) ?? app.bot;
  return {
    id: app.id,
    slug: app.slug,
    node_id: app.nodeId,
    client_id: app.clientId,
    owner: userPayload(state, owner),
    name: app.name,
    description: '',
    external_url: `${state.url}/apps/${app.slug}`,
    html_url: `${state.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: app.permissions,
    events: app.events,
  };
}

/** An installation as the Apps API and `installation` webhooks show it. */
export function installationPayload(state: SimulatorState, installation: Installation): Payload {
  const app = state.apps.get(installation.appId);
  const account = state.users.get(installation.accountId);
  if (app === undefined || account === undefined)
    throw new Error(`installation ${installation.id} is broken`);
  return {
    id: installation.id,
    node_id: installation.nodeId,
    client_id: app.clientId,
    account: userPayload(state, account),
    repository_selection: installation.repositoryIds === null ? 'all' : 'selected',
    access_tokens_url: `${state.url}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${state.url}/installation/repositories`,
    html_url: `${state.url}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: app.events,
    created_at: installation.createdAt,
    updated_at: installation.updatedAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: installation.suspendedAt,
  };
}

/** How close an author stands to a repository: OWNER, MEMBER, COLLABORATOR, CONTRIBUTOR or NONE. */
export function authorAssociation(
  repository: { owner: User; collaborators: Map<number, unknown> },
  author: User,
): string {
  if (author.id === repository.owner.id) return 'OWNER';
  if (!repository.collaborators.has(author.id)) return author.type === 'Bot' ? 'CONTRIBUTOR' : 'NONE';
  return repository.owner.type === 'Organization' ? 'MEMBER' : 'COLLABORATOR';
}

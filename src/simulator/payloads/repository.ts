import type { Repository, RoleName } from '../model.ts';
import { roleBooleans } from '../roles.ts';
import { fullName, type SimulatorState } from '../state.ts';
import { userPayload, type Payload } from './account.ts';

/** API path of each link template of a repository, under `/repos/{owner}/{repo}`. */
const LINKS = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
};

/** API address of a repository, `…/repos/{owner}/{repo}`. */
export function apiUrl(state: SimulatorState, repository: Repository): string {
  return `${state.url}/repos/${fullName(repository)}`;
}

/** Web address of a repository. */
export function webUrl(state: SimulatorState, repository: Repository): string {
  return `${state.url}/${fullName(repository)}`;
}

/** The repository as every webhook and most answers carry it. */
export function repositoryPayload(state: SimulatorState, repository: Repository): Payload {
  const api = apiUrl(state, repository);
  const web = webUrl(state, repository);
  const links = Object.entries(LINKS).map(([name, path]) => [name, `${api}${path}`]);
  const open = [...repository.issues.values()].filter((issue) => issue.state === 'open').length;
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: fullName(repository),
    private: repository.isPrivate,
    owner: userPayload(state, repository.owner),
    html_url: web,
    description: repository.description,
    fork: repository.parentId !== null,
    url: api,
    ...Object.fromEntries(links),
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    pushed_at: repository.pushedAt,
    git_url: `${web.replace(/^http/, 'git')}.git`,
    ssh_url: `git@${new URL(state.url).hostname}:${fullName(repository)}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    homepage: null,
    size: 1,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.isArchived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.isPrivate ? 'private' : 'public',
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
  };
}

/** What `GET /repos/{owner}/{repo}` answers: the rest on top, and what the asker may do. */
export function fullRepositoryPayload(
  state: SimulatorState,
  repository: Repository,
  role: RoleName | null,
): Payload {
  const parent = repository.parentId === null ? undefined : state.repositories.get(repository.parentId);
  const origin = parent === undefined ? {} : { parent: repositoryPayload(state, parent) };
  return {
    ...repositoryPayload(state, repository),
    ...origin,
    ...(parent === undefined ? {} : { source: repositoryPayload(state, parent) }),
    permissions: roleBooleans(role),
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
    network_count: 0,
    subscribers_count: 0,
  };
}

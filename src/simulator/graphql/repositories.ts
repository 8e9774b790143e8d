import type { Repository } from '../model.ts';
import { webUrl } from '../payloads/repository.ts';
import { fullName } from '../state.ts';
import { accountFields } from './accounts.ts';
import { checkRead, viewerPermission } from './context.ts';
import type { Fields, GraphqlContext } from './context.ts';
import { refusal } from './errors.ts';
import { objectAt, objectFields, refFields } from './git-objects.ts';
import { issueFields } from './issues.ts';

/** A `Repository`. Its content needs the permission that REST asks for. */
export function repositoryFields(context: GraphqlContext, repository: Repository): Fields {
  const ref = (name: string): Promise<Fields | null> => {
    checkRead(context, repository, 'contents');
    return refFields(context, repository, name);
  };
  return {
    __typename: 'Repository',
    id: repository.nodeId,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullName(repository),
    owner: accountFields(context, repository.owner),
    description: repository.description,
    isPrivate: repository.isPrivate,
    isArchived: repository.isArchived,
    isFork: repository.parentId !== null,
    visibility: repository.isPrivate ? 'PRIVATE' : 'PUBLIC',
    viewerPermission: viewerPermission(context, repository),
    url: webUrl(context.state, repository),
    createdAt: repository.createdAt,
    pushedAt: repository.pushedAt,
    defaultBranchRef: () => ref(`refs/heads/${repository.defaultBranch}`),
    ref: ({ qualifiedName }: { qualifiedName: string }) => ref(fullRef(qualifiedName)),
    object: ({ expression, oid }: { expression?: string | null; oid?: string | null }) => {
      checkRead(context, repository, 'contents');
      if (typeof oid === 'string') return objectFields(context, repository, oid);
      return typeof expression === 'string' ? objectAt(context, repository, expression) : null;
    },
    issue: ({ number }: { number: number }) => numbered(context, repository, number, 'Issue'),
    pullRequest: ({ number }: { number: number }) => numbered(context, repository, number, 'PullRequest'),
    issueOrPullRequest: ({ number }: { number: number }) => numbered(context, repository, number, null),
  };
}

function fullRef(name: string): string {
  if (name.startsWith('refs/')) return name;
  return /^(?:heads|tags)\//.test(name) ? `refs/${name}` : `refs/heads/${name}`;
}

function numbered(
  context: GraphqlContext,
  repository: Repository,
  number: number,
  kind: 'Issue' | 'PullRequest' | null,
): Fields {
  const issue = repository.issues.get(number);
  const isOther = kind !== null && issue !== undefined && (issue.pull !== null) !== (kind === 'PullRequest');
  if (issue === undefined || isOther) {
    const what = kind === null ? 'an issue or pull request' : `${kind === 'Issue' ? 'an' : 'a'} ${kind}`;
    throw refusal('NOT_FOUND', `Could not resolve to ${what} with the number of ${number}.`);
  }
  checkRead(context, repository, issue.pull === null ? 'issues' : 'pull_requests');
  return issueFields(context, repository, issue);
}

import type { AppIdentity } from '../../domain/actor.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { GitHub } from '../../ports/github.ts';
import { createChangeArea } from './changes.ts';
import { createCheckArea } from './checks.ts';
import type { Octokit } from './client.ts';
import { createCommentArea } from './comments.ts';
import type { Connection } from './connection.ts';
import { createEditorArea } from './editors.ts';
import { createGitDataArea } from './git-data.ts';
import { createIssueArea } from './issues.ts';
import { createPullRequestArea } from './pulls.ts';
import { createNameResolver } from './repository-name.ts';
import { createRepositoryArea } from './repository.ts';
import { createReviewThreadArea } from './review-threads.ts';
import { createReviewArea } from './reviews.ts';

/** The whole port for one tenant, over an Octokit that acts for it. */
export function createGitHub(options: {
  octokit: Octokit;
  tenant: Tenant;
  identity: AppIdentity;
  gitToken: () => Promise<string>;
  now: () => number;
}): GitHub {
  const { octokit, tenant, identity, gitToken, now } = options;
  const connection: Connection = { octokit, repository: createNameResolver(octokit, tenant.id, now) };
  return {
    identity,
    tenant,
    gitToken,
    ...createRepositoryArea(connection),
    ...createIssueArea(connection),
    ...createCommentArea(connection),
    ...createPullRequestArea(connection, tenant.id),
    ...createReviewArea(connection),
    ...createReviewThreadArea(connection),
    ...createChangeArea(connection),
    ...createEditorArea(connection),
    ...createGitDataArea(connection),
    ...createCheckArea(connection),
  };
}

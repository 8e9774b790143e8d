import { actionHandlers } from './actions.ts';
import { appHandlers } from './apps.ts';
import { checkHandlers } from './checks.ts';
import { commentHandlers } from './comments.ts';
import { contentHandlers } from './contents.ts';
import { gitDataHandlers } from './git-data.ts';
import { issueHandlers } from './issues.ts';
import { labelHandlers } from './labels.ts';
import { pullHandlers } from './pulls.ts';
import { repositoryHandlers } from './repositories.ts';
import type { RepositoryHandler, RestHandler } from './request.ts';
import { reviewHandlers } from './reviews.ts';

/** Operations on one repository, by `operationId`. */
export const REPOSITORY_HANDLERS: Readonly<Record<string, RepositoryHandler>> = {
  ...actionHandlers,
  ...checkHandlers,
  ...commentHandlers,
  ...contentHandlers,
  ...gitDataHandlers,
  ...issueHandlers,
  ...labelHandlers,
  ...pullHandlers,
  ...repositoryHandlers,
  ...reviewHandlers,
};

/** All other operations, by `operationId`. */
export const HANDLERS: Readonly<Record<string, RestHandler>> = appHandlers;

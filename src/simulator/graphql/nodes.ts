import type { Issue, Repository } from '../model.ts';
import type { Node } from '../node-ids.ts';
import { accountFields } from './accounts.ts';
import { checkRead, visibleNode } from './context.ts';
import type { Fields, GraphqlContext } from './context.ts';
import { noNode } from './errors.ts';
import { canSee } from '../authorise.ts';
import { refFields, refOfNodeId } from './git-objects.ts';
import { commentFields, issueFields } from './issues.ts';
import { repositoryFields } from './repositories.ts';
import { reviewCommentFields, reviewFields, reviewThreads, threadFields } from './reviews.ts';
import type { ReviewThread } from './reviews.ts';

/** What `node(id:)` answers; throws `NOT_FOUND` and, without the permission, `FORBIDDEN`. */
export async function nodeWithId(context: GraphqlContext, id: string): Promise<Fields> {
  if (id.startsWith('PRRT_')) {
    const { repository, issue, thread } = visibleThread(context, id);
    checkRead(context, repository, 'pull_requests');
    return threadFields(context, repository, issue, thread);
  }
  const branch = visibleRef(context, id);
  if (branch !== null) {
    checkRead(context, branch.repository, 'contents');
    const fields = await refFields(context, branch.repository, branch.ref);
    if (fields === null) throw noNode(id);
    return fields;
  }
  const node = visibleNode(context, id);
  checkNodeRead(context, node);
  return nodeFields(context, node);
}

/** The object of the schema that stands for a node. */
export function nodeFields(context: GraphqlContext, node: Node): Fields {
  switch (node.kind) {
    case 'user':
      return accountFields(context, node.user);
    case 'repository':
      return repositoryFields(context, node.repository);
    case 'issue':
    case 'pullRequest':
      return issueFields(context, node.repository, node.issue);
    case 'comment':
      return commentFields(context, node.repository, node.issue, node.comment);
    case 'review':
      return reviewFields(context, node.repository, node.issue, node.review);
    case 'reviewComment':
      return reviewCommentFields(context, node.repository, node.issue, node.reviewComment);
    case 'label': {
      const { nodeId, name, color, description } = node.label;
      return { __typename: 'Label', id: nodeId, name, color, description };
    }
    case 'checkRun': {
      const { nodeId, id, name, status, conclusion, externalId } = node.checkRun;
      return {
        __typename: 'CheckRun',
        id: nodeId,
        databaseId: id,
        name,
        externalId,
        status: status.toUpperCase(),
        conclusion: conclusion?.toUpperCase() ?? null,
      };
    }
    case 'checkSuite': {
      const { nodeId, id, status, conclusion } = node.checkSuite;
      return {
        __typename: 'CheckSuite',
        id: nodeId,
        databaseId: id,
        status: status.toUpperCase(),
        conclusion: conclusion?.toUpperCase() ?? null,
      };
    }
  }
}

/** The review thread of that id, where the caller may know of it; throws `NOT_FOUND`. */
export function visibleThread(
  context: GraphqlContext,
  id: string,
): { repository: Repository; issue: Issue; thread: ReviewThread } {
  for (const repository of context.state.repositories.values()) {
    if (!canSee(context.state, context.caller, repository)) continue;
    for (const issue of repository.issues.values()) {
      if (issue.pull === null) continue;
      const thread = reviewThreads(issue.pull).find((entry) => entry.id === id);
      if (thread !== undefined) return { repository, issue, thread };
    }
  }
  throw noNode(id);
}

/** The ref of a node id, where the caller may know of its repository; null for ids of other kinds. */
export function visibleRef(
  context: GraphqlContext,
  id: string,
): { repository: Repository; ref: string } | null {
  const found = refOfNodeId(id);
  if (found === null) return null;
  const repository = context.state.repositories.get(found.repositoryId);
  if (repository === undefined || !canSee(context.state, context.caller, repository)) throw noNode(id);
  return { repository, ref: found.ref };
}

function checkNodeRead(context: GraphqlContext, node: Node): void {
  switch (node.kind) {
    case 'user':
      return;
    case 'repository':
      return checkRead(context, node.repository);
    case 'issue':
    case 'label':
      return checkRead(context, node.repository, 'issues');
    case 'comment':
      return checkRead(context, node.repository, 'issues', 'pull_requests');
    case 'pullRequest':
    case 'review':
    case 'reviewComment':
      return checkRead(context, node.repository, 'pull_requests');
    case 'checkRun':
    case 'checkSuite':
      return checkRead(context, node.repository, 'checks');
  }
}

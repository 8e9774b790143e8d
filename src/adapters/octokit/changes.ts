import type { GitHub } from '../../ports/github.ts';
import type { ChangeFacts, ChangeKind } from '../../ports/github-changes.ts';
import { ACTOR_FIELDS, fromGraphql, type GraphqlActor } from './actor.ts';
import { askGraphql } from './client.ts';
import { type Connection, PAGE_SIZE } from './connection.ts';

const MAX_CHANGES = 1000;

/** By the names of GraphQL's types; those of its filter follow from them. */
const ON_BOTH: Record<string, ChangeKind> = {
  LabeledEvent: 'labeled',
  UnlabeledEvent: 'unlabeled',
  AssignedEvent: 'assigned',
  UnassignedEvent: 'unassigned',
  ClosedEvent: 'closed',
  ReopenedEvent: 'reopened',
  CommentDeletedEvent: 'comment_deleted',
};
const ON_PULL_REQUESTS: Record<string, ChangeKind> = {
  ...ON_BOTH,
  ReadyForReviewEvent: 'ready_for_review',
  ConvertToDraftEvent: 'converted_to_draft',
};

const ASSIGNEE = `assignee { ... on Actor { ${ACTOR_FIELDS} } }`;
const FIELDS: Record<string, string> = {
  LabeledEvent: 'label { name }',
  UnlabeledEvent: 'label { name }',
  AssignedEvent: ASSIGNEE,
  UnassignedEvent: ASSIGNEE,
  CommentDeletedEvent: `deletedCommentAuthor { ${ACTOR_FIELDS} }`,
};

const CHANGES = `query ($owner: String!, $repo: String!, $number: Int!, $since: DateTime!, $after: String) {
  repository(owner: $owner, name: $repo) {
    issueOrPullRequest(number: $number) {
      ... on Issue { ${itemsOf(ON_BOTH)} }
      ... on PullRequest { ${itemsOf(ON_PULL_REQUESTS)} }
    }
  }
}`;

function itemsOf(kinds: Record<string, ChangeKind>): string {
  const types = Object.keys(kinds);
  const filter = types.map((type) => type.replaceAll(/(?<=.)[A-Z]/g, '_$&').toUpperCase());
  const nodes = types.map(
    (type) => `... on ${type} { createdAt actor { ${ACTOR_FIELDS} } ${FIELDS[type] ?? ''} }`,
  );
  return `timelineItems(first: ${PAGE_SIZE}, after: $after, since: $since, itemTypes: [${filter.join(', ')}]) {
    pageInfo { hasNextPage endCursor }
    nodes { __typename ${nodes.join(' ')} }
  }`;
}

interface Item {
  __typename: string;
  createdAt: string;
  actor: GraphqlActor | null;
  label?: { name: string };
  assignee?: GraphqlActor | null;
  deletedCommentAuthor?: GraphqlActor | null;
}

interface Page {
  repository: {
    issueOrPullRequest: {
      timelineItems: { pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: Item[] };
    } | null;
  } | null;
}

/** The history of issues, by GraphQL: only there is it cut at a time, and are deleted comments told apart. */
export function createChangeArea({ octokit, repository }: Connection): Pick<GitHub, 'listChanges'> {
  return {
    async listChanges(number, since) {
      const changes: ChangeFacts[] = [];
      let after: string | null = null;
      do {
        const variables: Record<string, unknown> = { ...(await repository.name()), number, since, after };
        const page: Page = await askGraphql<Page>(octokit, 'changes', CHANGES, variables);
        const found = page.repository?.issueOrPullRequest?.timelineItems;
        changes.push(...(found?.nodes ?? []).flatMap(toChange));
        after = found?.pageInfo.hasNextPage === true ? found.pageInfo.endCursor : null;
      } while (after !== null && changes.length < MAX_CHANGES);
      return changes;
    },
  };
}

function toChange(item: Item): ChangeFacts[] {
  const kind = ON_PULL_REQUESTS[item.__typename];
  if (kind === undefined) return [];
  const { actor, createdAt, label, assignee, deletedCommentAuthor } = item;
  const account = assignee ?? deletedCommentAuthor ?? null;
  const of = label?.name ?? (account === null ? '' : fromGraphql(account).login);
  return [{ kind, actor: fromGraphql(actor), of, createdAt }];
}

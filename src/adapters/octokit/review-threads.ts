import type { GitHub, ReviewThreadFacts } from '../../ports/github.ts';
import { ACTOR_FIELDS, fromGraphql, type GraphqlActor } from './actor.ts';
import { askGraphql } from './client.ts';
import { type Connection, PAGE_SIZE } from './connection.ts';

const MAX_THREADS = 1000;

const THREADS = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviewThreads(first: ${PAGE_SIZE}, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          isResolved
          comments(first: ${PAGE_SIZE}) {
            nodes {
              body
              author { ${ACTOR_FIELDS} }
            }
          }
        }
      }
    }
  }
}`;

interface Thread {
  isResolved: boolean;
  comments: { nodes: { body: string; author: GraphqlActor | null }[] };
}

interface Page {
  repository: {
    pullRequest: {
      reviewThreads: { pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: Thread[] };
    } | null;
  } | null;
}

/** Discussions of pull requests, which only GraphQL groups and knows to be resolved. */
export function createReviewThreadArea({
  octokit,
  repository,
}: Connection): Pick<GitHub, 'listReviewThreads'> {
  return {
    async listReviewThreads(number) {
      const threads: ReviewThreadFacts[] = [];
      let after: string | null = null;
      do {
        const variables: Record<string, unknown> = { ...(await repository.name()), number, after };
        const page: Page = await askGraphql<Page>(octokit, 'reviewThreads', THREADS, variables);
        const found = page.repository?.pullRequest?.reviewThreads;
        threads.push(...(found?.nodes ?? []).map(toThread));
        after = found?.pageInfo.hasNextPage === true ? found.pageInfo.endCursor : null;
      } while (after !== null && threads.length < MAX_THREADS);
      return threads;
    },
  };
}

function toThread({ isResolved, comments }: Thread): ReviewThreadFacts {
  return {
    isResolved,
    comments: comments.nodes.map(({ body, author }) => ({ body, author: fromGraphql(author) })),
  };
}

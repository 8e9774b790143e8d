import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeGraphql } from '../../../src/simulator/graphql/execute.ts';
import type { Issue } from '../../../src/simulator/model.ts';
import { createReview } from '../../../src/simulator/operations/reviews.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.dispose());

const headOf = (pull: Issue): string => pull.pull?.head.sha ?? '';

describe('queries', () => {
  it('answers who asks, and the limit', async () => {
    const query = '{ viewer { id databaseId login } rateLimit { limit cost remaining resetAt } }';
    const { data } = await world.ask(world.bot({}), query);
    expect(data).toEqual({
      viewer: { id: world.app.bot.nodeId, databaseId: world.app.bot.id, login: 'muster[bot]' },
      rateLimit: { limit: 5000, cost: 1, remaining: 4999, resetAt: '2026-03-04T06:00:00Z' },
    });
  });

  it('answers a repository with an issue, its comments, and a pull request with its threads', async () => {
    const query = `query ($owner: String!, $name: String!) {
      repository(owner: $owner, name: $name) {
        id databaseId nameWithOwner viewerPermission defaultBranchRef { name }
        issue(number: 1) {
          id title state author { login __typename }
          comments(first: 10) { totalCount nodes { databaseId body lastEditedAt isMinimized } }
        }
        pullRequest(number: 2) {
          id isDraft state headRefOid author { login __typename }
          reviews(last: 1) { nodes { state body commit { oid } } }
          reviewThreads(first: 10) {
            nodes { id isResolved path line comments(first: 5) { nodes { databaseId body path line } } }
          }
        }
      }
    }`;
    const variables = { owner: 'ADA', name: 'hello' };
    const { data, errors } = await world.ask(world.person(world.ada), query, variables);
    const [review] = world.pull.pull?.reviewComments ?? [];
    expect(errors).toBeUndefined();
    expect(data?.['repository']).toEqual({
      id: world.repository.nodeId,
      databaseId: world.repository.id,
      nameWithOwner: 'ada/hello',
      viewerPermission: 'ADMIN',
      defaultBranchRef: { name: 'main' },
      issue: {
        id: world.issue.nodeId,
        title: 'Broken',
        state: 'OPEN',
        author: { login: 'ada', __typename: 'User' },
        comments: {
          totalCount: 1,
          nodes: [
            {
              databaseId: world.issue.comments[0]?.id,
              body: 'First',
              lastEditedAt: null,
              isMinimized: false,
            },
          ],
        },
      },
      pullRequest: {
        id: world.pull.pull?.nodeId,
        isDraft: true,
        state: 'OPEN',
        headRefOid: headOf(world.pull),
        author: { login: 'muster', __typename: 'Bot' },
        reviews: { nodes: [{ state: 'COMMENTED', body: 'See below', commit: { oid: headOf(world.pull) } }] },
        reviewThreads: {
          nodes: [
            {
              id: expect.stringMatching(/^PRRT_/),
              isResolved: false,
              path: 'a.txt',
              line: 1,
              comments: { nodes: [{ databaseId: review?.id, body: 'Why?', path: 'a.txt', line: 1 }] },
            },
          ],
        },
      },
    });
  });

  it('answers refs, and commits, folders and files by expression', async () => {
    const query = `{ repository(owner: "ada", name: "hello") {
      ref(qualifiedName: "refs/heads/main") { id name prefix target { oid ... on Commit { message } } }
      short: ref(qualifiedName: "fix") { name }
      none: ref(qualifiedName: "refs/heads/none") { name }
      file: object(expression: "main:src/b.txt") { ... on Blob { text byteSize } }
      folder: object(expression: "main:src") { ... on Tree { entries { name type } } }
      commit: object(expression: "fix") { __typename oid }
      nothing: object(expression: "main:none") { oid }
    } }`;
    const { data } = await world.ask(world.person(world.ada), query);
    const main = await world.repository.git.getRef('refs/heads/main');
    expect(data?.['repository']).toMatchObject({
      ref: { name: 'main', prefix: 'refs/heads/', target: { oid: main, message: 'first' } },
      short: { name: 'fix' },
      none: null,
      file: { text: 'two\n', byteSize: 4 },
      folder: { entries: [{ name: 'b.txt', type: 'blob' }] },
      commit: { __typename: 'Commit', oid: headOf(world.pull) },
      nothing: null,
    });
  });

  it('finds every kind of node by its id', async () => {
    const [comment] = world.issue.comments;
    const ids = [
      [world.ada.nodeId, 'User'],
      [world.app.bot.nodeId, 'Bot'],
      [world.repository.nodeId, 'Repository'],
      [world.issue.nodeId, 'Issue'],
      [world.pull.pull?.nodeId, 'PullRequest'],
      [comment?.nodeId, 'IssueComment'],
      [world.pull.pull?.reviews[0]?.nodeId, 'PullRequestReview'],
      [world.pull.pull?.reviewComments[0]?.nodeId, 'PullRequestReviewComment'],
    ];
    for (const [id, typeName] of ids) {
      const query = 'query ($id: ID!) { node(id: $id) { __typename id } }';
      const { data } = await world.ask(world.person(world.ada), query, { id });
      expect(data).toEqual({ node: { __typename: typeName, id } });
    }
  });

  it('pages by cursor', async () => {
    const other = await createWorld();
    const actor = { user: other.ada, app: null };
    const comments = ['two', 'three'].map((body) => ({ path: 'a.txt', line: 1, body }));
    const input = { event: 'COMMENT' as const, body: 'more', commitSha: undefined, comments };
    await createReview(other.state, actor, other.repository, other.pull, input);
    const query = `query ($after: String) { repository(owner: "ada", name: "hello") { pullRequest(number: 2) {
      reviewThreads(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor }
        nodes { comments(first: 1) { nodes { body } } } } } } }`;
    type Page = {
      pageInfo: { hasNextPage: boolean; endCursor: string };
      nodes: { comments: { nodes: { body: string }[] } }[];
    };
    const pageAfter = async (after: string | null): Promise<Page> => {
      const { data } = await other.ask(other.person(other.ada), query, { after });
      const repository = data?.['repository'] as { pullRequest: { reviewThreads: Page } };
      return repository.pullRequest.reviewThreads;
    };
    const first = await pageAfter(null);
    const second = await pageAfter(first.pageInfo.endCursor);
    const bodies = [first, second].map((page) => page.nodes.map((node) => node.comments.nodes[0]?.body));
    expect(bodies).toEqual([['Why?', 'two'], ['three']]);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    await other.dispose();
  });
});

describe('refusals', () => {
  it.each([
    ['{ repository(owner: "ada", name: "none") { id } }', 'NOT_FOUND', 'ada/none'],
    ['{ repository(owner: "ada", name: "hello") { issue(number: 2) { id } } }', 'NOT_FOUND', 'an Issue'],
    ['{ repository(owner: "ada", name: "hello") { pullRequest(number: 9) { id } } }', 'NOT_FOUND', 'of 9'],
    ['{ node(id: "I_nothing") { id } }', 'NOT_FOUND', "global id of 'I_nothing'"],
    [
      '{ repository(owner: "ada", name: "hello") { issue(number: 1) { comments { totalCount } } } }',
      'MISSING_PAGINATION_BOUNDARIES',
      '`comments`',
    ],
    [
      '{ repository(owner: "ada", name: "hello") { issue(number: 1) { comments(first: 101) { totalCount } } } }',
      'EXCESSIVE_PAGINATION',
      '101',
    ],
  ])('answers %s with %s', async (query, type, words) => {
    const { errors } = await world.ask(world.person(world.ada), query);
    expect(errors).toMatchObject([{ type, message: expect.stringContaining(words) }]);
    expect(errors?.[0]?.path).toBeDefined();
  });

  it.each([
    ['{ viewer { logn } }', 'undefinedField', "Field 'logn' doesn't exist on type 'User'"],
    [
      '{ repository(owner: "ada") { id } }',
      'missingRequiredArguments',
      "Field 'repository' is missing required arguments: name",
    ],
    ['{ viewer(id: 1) { login } }', 'argumentNotAccepted', "Field 'viewer' doesn't accept argument 'id'"],
    [
      'mutation { updateRefs(input: { refUpdates: [] }) { clientMutationId } }',
      'missingRequiredInputObjectAttribute',
      "Argument 'repositoryId' on InputObject 'UpdateRefsInput' is required. Expected type ID!",
    ],
  ])('says what is wrong with %s, and runs nothing', async (query, code, message) => {
    const answer = await world.ask(world.person(world.ada), query);
    expect(answer).toMatchObject({ errors: [{ message, extensions: { code } }] });
    expect(answer).not.toHaveProperty('data');
  });

  it('says where a query stops being one', async () => {
    const answer = await world.ask(world.person(world.ada), '{ viewer {');
    expect(answer).toMatchObject({ errors: [{ message: expect.stringContaining('Syntax Error') }] });
  });

  it('refuses variables of another type', async () => {
    const query = 'query ($n: Int!) { repository(owner: "ada", name: "hello") { issue(number: $n) { id } } }';
    const { errors, data } = await world.ask(world.person(world.ada), query, { n: 'one' });
    expect(errors?.[0]?.message).toContain('$n');
    expect(data ?? null).toBeNull();
  });

  it('admits that it lacks a field of GitHub, rather than answering null', async () => {
    const query = '{ repository(owner: "ada", name: "hello") { id licenseInfo { name } } }';
    const { errors } = await world.ask(world.person(world.ada), query);
    expect(errors).toMatchObject([{ message: 'The simulator has no Repository.licenseInfo' }]);
  });

  it('asks for an account', async () => {
    const request = { query: '{ viewer { login } }' };
    for (const caller of [{ kind: 'anonymous' } as const, { kind: 'app', app: world.app } as const]) {
      expect(await executeGraphql(world.state, caller, request)).toMatchObject({ status: 401 });
    }
  });

  it('hides a private repository from strangers, and its parts from tokens without the permission', async () => {
    const hidden = await createWorld({ isPrivate: true });
    const stranger = hidden.person(hidden.addPerson('eve', null));
    const byName = '{ repository(owner: "ada", name: "hello") { issue(number: 1) { id } } }';
    const byId = `{ node(id: "${hidden.issue.nodeId}") { id } }`;
    for (const query of [byName, byId]) {
      expect((await hidden.ask(stranger, query)).errors).toMatchObject([{ type: 'NOT_FOUND' }]);
      expect((await hidden.ask(hidden.bot({ checks: 'read' }), query)).errors).toMatchObject([
        { type: 'FORBIDDEN', message: 'Resource not accessible by integration' },
      ]);
      expect((await hidden.ask(hidden.bot({ issues: 'read' }), query)).errors).toBeUndefined();
    }
    await hidden.dispose();
  });
});

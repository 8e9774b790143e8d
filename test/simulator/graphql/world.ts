import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGitRepository } from '../../../src/simulator/git/repository.ts';
import { executeGraphql } from '../../../src/simulator/graphql/execute.ts';
import type { App, Issue, Permissions, Repository, RoleName, User } from '../../../src/simulator/model.ts';
import { nodeIdOf } from '../../../src/simulator/node-ids.ts';
import { createComment } from '../../../src/simulator/operations/comments.ts';
import { buildIssue } from '../../../src/simulator/operations/issues.ts';
import { openPull } from '../../../src/simulator/operations/pulls.ts';
import { createReview } from '../../../src/simulator/operations/reviews.ts';
import { createState } from '../../../src/simulator/state.ts';
import type { Caller, EmittedEvent, SimulatorState } from '../../../src/simulator/state.ts';

/** What GraphQL answered, as far as the tests look at it. */
export interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { type?: string; message: string; path?: unknown[]; extensions?: Record<string, unknown> }[];
}

/** A GitHub with one repository, an issue (1) with a comment and a draft pull request (2) with a review. */
export interface World {
  state: SimulatorState;
  repository: Repository;
  issue: Issue;
  pull: Issue;
  ada: User;
  app: App;
  /** Names of what was emitted since the world was made, e.g. `pull_request.ready_for_review`. */
  emitted: string[];
  events: EmittedEvent[];
  person(user: User): Caller;
  bot(permissions: Permissions): Caller;
  addPerson(login: string, role: RoleName | null): User;
  ask(caller: Caller, query: string, variables?: Record<string, unknown>): Promise<Answer>;
  dispose(): Promise<void>;
}

export async function createWorld(options: { isPrivate?: boolean } = {}): Promise<World> {
  const folder = await mkdtemp(path.join(tmpdir(), 'muster-graphql-'));
  const now = new Date('2026-03-04T05:06:07Z');
  const state = createState({ clock: { now: () => now, sleep: () => Promise.resolve() }, plan: 'team' });
  state.url = 'http://127.0.0.1:1';
  const addUser = (login: string, type: User['type']): User => {
    const id = state.nextId();
    const user = { id, nodeId: nodeIdOf('user', id), login, type, email: `${login}@example.com` };
    state.users.set(id, user);
    return user;
  };
  const ada = addUser('ada', 'User');
  const app = createApp(state, ada, addUser('muster[bot]', 'Bot'));
  const repository = await createRepository(state, ada, folder, options.isPrivate ?? false);
  const actor = { user: ada, app: null };
  const issue = buildIssue(state, actor, repository, { title: 'Broken', body: 'It breaks.' });
  repository.issues.set(issue.number, issue);
  createComment(state, actor, repository, issue, 'First');
  const input = { title: 'Fix', body: null, head: 'fix', base: 'main', isDraft: true };
  const pull = await openPull(state, { user: app.bot, app }, repository, input);
  await createReview(state, actor, repository, pull, {
    event: 'COMMENT',
    body: 'See below',
    commitSha: undefined,
    comments: [{ path: 'a.txt', line: 1, body: 'Why?' }],
  });
  const events: EmittedEvent[] = [];
  const emitted: string[] = [];
  state.emit = (event) => {
    events.push(event);
    emitted.push([event.name, event.payload['action']].filter(Boolean).join('.'));
  };
  return {
    state,
    repository,
    issue,
    pull,
    ada,
    app,
    emitted,
    events,
    person: (user) => ({ kind: 'person', user, token: 'ghp_test' }),
    bot: (permissions) => ({
      kind: 'installation',
      app,
      user: app.bot,
      installation: null,
      permissions,
      repositoryIds: new Set([repository.id]),
      token: 'ghs_test',
    }),
    addPerson: (login, role) => {
      const user = addUser(login, 'User');
      if (role !== null) repository.collaborators.set(user.id, role);
      return user;
    },
    ask: async (caller, query, variables) => {
      const request = variables === undefined ? { query } : { query, variables };
      const { status, body } = await executeGraphql(state, caller, request);
      if (status !== 200) throw new Error(`GraphQL answered ${status}`);
      // As it would arrive over HTTP.
      return JSON.parse(JSON.stringify(body)) as Answer;
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

function createApp(state: SimulatorState, owner: User, bot: User): App {
  const id = state.nextId();
  const app: App = {
    id,
    nodeId: nodeIdOf('app', id),
    slug: 'muster',
    name: 'Muster',
    ownerId: owner.id,
    clientId: 'Iv1.test',
    clientSecret: 'test',
    publicKey: '',
    webhookSecret: 'test',
    webhookUrl: null,
    hookId: state.nextId(),
    permissions: {},
    events: [],
    bot,
    createdAt: '2026-01-01T00:00:00Z',
  };
  state.apps.set(id, app);
  return app;
}

async function createRepository(
  state: SimulatorState,
  owner: User,
  folder: string,
  isPrivate: boolean,
): Promise<Repository> {
  const git = await createGitRepository(path.join(folder, 'hello.git'));
  const main = await git.seed({ 'a.txt': 'one\n', 'src/b.txt': 'two\n' }, 'first', 'main');
  await git.setRef('refs/heads/fix', main);
  await git.seed({ 'a.txt': 'changed\n' }, 'fix it', 'fix');
  const id = state.nextId();
  const repository: Repository = {
    id,
    nodeId: nodeIdOf('repository', id),
    owner,
    name: 'hello',
    formerNames: [],
    description: 'A test',
    isPrivate,
    isArchived: false,
    defaultBranch: 'main',
    parentId: null,
    collaborators: new Map(),
    labels: [],
    issues: new Map(),
    checkSuites: [],
    checkRuns: [],
    statuses: [],
    workflowDispatches: [],
    repositoryDispatches: [],
    protectedBranches: new Set(),
    verifiedCommits: new Set(),
    git,
    createdAt: '2026-01-01T00:00:00Z',
    pushedAt: '2026-01-01T00:00:00Z',
  };
  state.repositories.set(id, repository);
  return repository;
}

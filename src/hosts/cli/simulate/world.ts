import type { Clock } from '../../../ports/clock.ts';
import type { App, Comment, Issue, Repository, Review, User } from '../../../simulator/model.ts';
import { nodeIdOf } from '../../../simulator/node-ids.ts';
import { recordEvent } from '../../../simulator/operations/issue-events.ts';
import { buildIssue } from '../../../simulator/operations/issues.ts';
import { createLabel, findLabel } from '../../../simulator/operations/labels.ts';
import { exposeHead } from '../../../simulator/operations/refs.ts';
import { createSimulator, type Simulator } from '../../../simulator/simulator.ts';
import { findUser, fullName } from '../../../simulator/state.ts';
import { createManifest } from '../../server/manifest.ts';
import type { Account, Scenario, ThreadScenario, Written } from './scenario.ts';

/** A simulated GitHub in which the event could have happened. Its App's webhooks go nowhere. */
export interface World {
  simulator: Simulator;
  repository: Repository;
  app: App;
  /** PEM. */
  privateKey: string;
  installationId: number;
  /** The head of the event's pull request. */
  headSha: string | null;
}

/** The one file that a pull request changes here: payloads carry no diff. */
const STAND_IN = 'simulated-change.md';

/** Builds the world of a scenario around the files of a repository (path → text). Close its simulator. */
export async function createWorld(
  scenario: Scenario,
  files: Record<string, string>,
  clock: Clock,
): Promise<World> {
  const simulator = await createSimulator({ clock });
  const repository = await placeRepository(simulator, scenario, files);
  for (const { account, role } of scenario.people) {
    const user = signUp(simulator, account);
    if (role !== null) repository.collaborators.set(user.id, role);
  }
  const { default_permissions: permissions, default_events: events } = createManifest('muster', '', '');
  const { app, privateKey } = simulator.createApp({
    name: 'muster',
    owner: repository.owner.login,
    permissions,
    events: [...events],
  });
  const installation = simulator.installApp(app, repository.owner.login, [fullName(repository)]);
  const issue = scenario.thread === null ? null : await placeThread(simulator, repository, scenario.thread);
  if (issue !== null) placeWords(simulator, repository, issue, scenario);
  return {
    simulator,
    repository,
    app,
    privateKey,
    installationId: installation.id,
    headSha: issue?.pull?.head.sha ?? null,
  };
}

async function placeRepository(
  simulator: Simulator,
  { repository: wanted }: Scenario,
  files: Record<string, string>,
): Promise<Repository> {
  const owner = signUp(simulator, wanted.owner);
  const repository = await simulator.createRepository({
    owner: owner.login,
    name: wanted.name,
    private: wanted.isPrivate,
    files,
  });
  const { repositories } = simulator.state;
  repositories.delete(repository.id);
  repository.id = wanted.id;
  repository.nodeId = wanted.nodeId ?? nodeIdOf('repository', wanted.id);
  repositories.set(repository.id, repository);
  await renameDefaultBranch(repository, wanted.defaultBranch);
  return repository;
}

async function renameDefaultBranch(repository: Repository, name: string): Promise<void> {
  const { git, defaultBranch } = repository;
  if (name === defaultBranch) return;
  const sha = await git.getRef(`refs/heads/${defaultBranch}`);
  if (sha !== null) {
    await git.setRef(`refs/heads/${name}`, sha);
    await git.deleteRef(`refs/heads/${defaultBranch}`);
  }
  repository.defaultBranch = name;
}

/** The account of that name, with the payload's id unless that is taken. */
function signUp(simulator: Simulator, { id, login, type }: Account): User {
  const { users } = simulator.state;
  const known = findUser(simulator.state, login);
  if (known !== null) return known;
  const user = simulator.createUser(login, type);
  if (users.has(id)) return user;
  users.delete(user.id);
  user.id = id;
  user.nodeId = nodeIdOf('user', id);
  users.set(id, user);
  return user;
}

async function placeThread(
  simulator: Simulator,
  repository: Repository,
  thread: ThreadScenario,
): Promise<Issue> {
  const { state } = simulator;
  const actor = { user: signUp(simulator, thread.author), app: null };
  const issue = buildIssue(state, actor, repository, { title: thread.title, body: thread.body });
  issue.number = thread.number;
  issue.state = thread.state;
  issue.nodeId = thread.nodeId ?? issue.nodeId;
  for (const name of thread.labels) {
    issue.labels.push((findLabel(repository, name) ?? createLabel(state, actor, repository, { name })).name);
  }
  repository.issues.set(issue.number, issue);
  if (thread.pull !== null) await makePull(simulator, repository, issue, thread.pull);
  return issue;
}

async function makePull(
  simulator: Simulator,
  repository: Repository,
  issue: Issue,
  pull: NonNullable<ThreadScenario['pull']>,
): Promise<void> {
  const { git, defaultBranch } = repository;
  const base = (await git.getRef(`refs/heads/${defaultBranch}`)) ?? '';
  // Outside of the branches first: a fork's branch is none of this repository's.
  const staging = `simulated/${issue.number}`;
  await git.setRef(`refs/heads/${staging}`, base);
  const sha = await git.seed({ [STAND_IN]: `${issue.title}\n` }, issue.title, staging);
  await git.deleteRef(`refs/heads/${staging}`);
  if (pull.baseRef !== defaultBranch) await git.setRef(`refs/heads/${pull.baseRef}`, base);
  if (!pull.isFork) await git.setRef(`refs/heads/${pull.headRef}`, sha);
  const id = simulator.state.nextId();
  issue.pull = {
    id,
    // What GitHub calls the node of a pull request is the pull request, not its issue.
    nodeId: issue.nodeId,
    head: { repositoryId: pull.isFork ? null : repository.id, ref: pull.headRef, sha },
    base: { ref: pull.baseRef, sha: base },
    isDraft: pull.isDraft,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    requestedReviewers: [],
    reviews: [],
    reviewComments: [],
  };
  await exposeHead(simulator.state, repository, issue);
}

/** The comment or review of the event, and who put its label on: Muster reads them again. */
function placeWords(simulator: Simulator, repository: Repository, issue: Issue, scenario: Scenario): void {
  const { comment, review, label } = scenario;
  if (comment !== null) issue.comments.push(toComment(simulator, comment));
  if (review !== null) {
    issue.pull?.reviews.push(toReview(simulator, review, review.state, issue.pull.head.sha));
  }
  if (label === null) return;
  const actor = { user: signUp(simulator, label.by), app: null };
  const found =
    findLabel(repository, label.name) ??
    createLabel(simulator.state, actor, repository, { name: label.name });
  recordEvent(simulator.state, actor, issue, { event: 'labeled', label: found });
}

function toComment(simulator: Simulator, written: Written): Comment {
  return {
    id: written.id,
    nodeId: written.nodeId ?? nodeIdOf('comment', written.id),
    author: signUp(simulator, written.author),
    app: null,
    body: written.body,
    reactions: [],
    createdAt: written.createdAt,
    updatedAt: written.createdAt,
    lastEditedAt: null,
    editor: null,
    isMinimized: false,
  };
}

function toReview(simulator: Simulator, written: Written, state: Review['state'], commitSha: string): Review {
  return {
    id: written.id,
    nodeId: written.nodeId ?? nodeIdOf('review', written.id),
    author: signUp(simulator, written.author),
    body: written.body,
    state,
    commitSha,
    reactions: [],
    submittedAt: written.createdAt,
    updatedAt: written.createdAt,
    lastEditedAt: null,
  };
}

import path from 'node:path';
import { git } from './git/command.ts';
import { createGitRepository } from './git/repository.ts';
import type { Repository, User } from './model.ts';
import { nodeIdOf } from './node-ids.ts';
import { emitOn } from './operations/emit.ts';
import { fullName, nowText, type Actor, type SimulatorState } from './state.ts';

export interface RepositoryInput {
  owner: User;
  name: string;
  isPrivate: boolean;
  /** Path → text of the first commit on `main`; none leaves it empty. */
  files: Record<string, string>;
}

/** Makes a repository with its bare git repository under `dir`, seeded with one commit. */
export async function createRepository(
  state: SimulatorState,
  dir: string,
  input: RepositoryInput,
): Promise<Repository> {
  const repository = await emptyRepository(state, dir, input);
  if (Object.keys(input.files).length > 0) {
    await repository.git.seed(input.files, 'Initial commit', repository.defaultBranch);
  }
  return repository;
}

/** Forks a repository into another account, with all its branches. */
export async function forkRepository(
  state: SimulatorState,
  dir: string,
  parent: Repository,
  owner: User,
): Promise<Repository> {
  const { name, isPrivate } = parent;
  const fork = await emptyRepository(state, dir, { owner, name, isPrivate });
  fork.parentId = parent.id;
  await git(fork.git.dir, ['fetch', '--quiet', parent.git.dir, 'refs/heads/*:refs/heads/*']);
  return fork;
}

/** Gives a repository another name: `repository.renamed`; the old name redirects. */
export function renameRepository(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  name: string,
): void {
  const from = repository.name;
  repository.formerNames.push(fullName(repository));
  repository.name = name;
  const fields = { changes: { repository: { name: { from } } } };
  emitOn(state, actor, repository, { name: 'repository', action: 'renamed', fields });
}

/** Makes a repository public or private: `repository.publicized` or `privatized`. */
export function setVisibility(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  isPrivate: boolean,
): void {
  repository.isPrivate = isPrivate;
  const action = isPrivate ? 'privatized' : 'publicized';
  emitOn(state, actor, repository, { name: 'repository', action, fields: {} });
}

async function emptyRepository(
  state: SimulatorState,
  dir: string,
  { owner, name, isPrivate }: Omit<RepositoryInput, 'files'>,
): Promise<Repository> {
  const id = state.nextId();
  const at = nowText(state);
  const repository: Repository = {
    id,
    nodeId: nodeIdOf('repository', id),
    owner,
    name,
    formerNames: [],
    description: null,
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
    git: await createGitRepository(path.join(dir, `${id}.git`)),
    createdAt: at,
    pushedAt: at,
  };
  state.repositories.set(id, repository);
  return repository;
}

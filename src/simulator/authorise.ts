import { forbidden, GitHubError, notFound } from './errors.ts';
import type { Repository } from './model.ts';
import type { Access } from './rest/access.ts';
import { hasRole, roleOf } from './roles.ts';
import type { Caller, SimulatorState } from './state.ts';

type RepositoryAccess = Extract<Access, { kind: 'repository' }>;

/** Throws what GitHub answers a caller who may not use an operation that is bound to no repository. */
export function checkAccount(caller: Caller, kind: 'public' | 'app' | 'token' | 'account'): void {
  switch (kind) {
    case 'public':
      return;
    case 'app':
      if (caller.kind !== 'app') throw new GitHubError(401, 'A JSON web token could not be decoded');
      return;
    case 'token':
      if (caller.kind === 'person') throw forbidden('Resource not accessible by personal access token');
      if (caller.kind !== 'installation') throw new GitHubError(401, 'Requires authentication');
      return;
    case 'account':
      if (caller.kind !== 'installation' && caller.kind !== 'person') {
        throw new GitHubError(401, 'Requires authentication');
      }
  }
}

/**
 * Throws what GitHub answers a caller who may not do this on a repository: 404 where they may not know of it,
 * 403 where they may not do it. Public data may be read by everyone, without the App's permission.
 */
export function checkRepository(
  state: SimulatorState,
  caller: Caller,
  repository: Repository,
  access: RepositoryAccess,
): void {
  if (!canSee(state, caller, repository)) throw notFound();
  if (access.level === 'write' && repository.isArchived) {
    throw forbidden('Repository was archived so is read-only.');
  }
  const isPublicRead =
    access.level === 'read' && !repository.isPrivate && !access.permissions.includes('administration');
  if (isPublicRead) return;
  switch (caller.kind) {
    case 'anonymous':
    case 'app':
      throw new GitHubError(401, 'Requires authentication');
    case 'person':
      if (!hasRole(roleOf(repository, caller.user), access.role)) {
        throw forbidden('Must have admin rights to Repository.');
      }
      return;
    case 'installation':
      if (!isCovered(state, caller, repository) || !isGranted(caller.permissions, access)) throw forbidden();
  }
}

/** True where the caller may know that the repository exists. */
export function canSee(state: SimulatorState, caller: Caller, repository: Repository): boolean {
  if (!repository.isPrivate) return true;
  switch (caller.kind) {
    case 'anonymous':
    case 'app':
      return false;
    case 'person':
      return roleOf(repository, caller.user) !== null;
    case 'installation':
      return isCovered(state, caller, repository);
  }
}

/** True where an installation token covers the repository. */
export function isCovered(
  state: SimulatorState,
  caller: Extract<Caller, { kind: 'installation' }>,
  repository: Repository,
): boolean {
  const { installation, repositoryIds } = caller;
  if (repositoryIds !== null && !repositoryIds.has(repository.id)) return false;
  if (installation === null) return repositoryIds !== null;
  const ids = state.installations.get(installation.id)?.repositoryIds ?? null;
  return installation.accountId === repository.owner.id && (ids === null || ids.has(repository.id));
}

/** True where a caller may push to the repository. */
export function canPush(state: SimulatorState, caller: Caller, repository: Repository): boolean {
  const access = { kind: 'repository', permissions: ['contents'], level: 'write', role: 'write' } as const;
  try {
    checkRepository(state, caller, repository, access);
    return true;
  } catch (error) {
    if (error instanceof GitHubError) return false;
    throw error;
  }
}

function isGranted(permissions: Record<string, string>, access: RepositoryAccess): boolean {
  if (access.permissions.length === 0) return true;
  return access.permissions.some((name) => {
    const level = permissions[name];
    return level === 'write' || level === 'admin' || (level === 'read' && access.level === 'read');
  });
}

import type { Repository, RoleName, User } from './model.ts';

const ROLES: readonly RoleName[] = ['read', 'triage', 'write', 'maintain', 'admin'];

/** A person's role on a repository; null for people without access, which is nobody on public ones. */
export function roleOf(repository: Repository, user: User): RoleName | null {
  if (user.id === repository.owner.id) return 'admin';
  return repository.collaborators.get(user.id) ?? (repository.isPrivate ? null : 'read');
}

/** True where `role` allows all that `needed` does. */
export function hasRole(role: RoleName | null, needed: RoleName): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** GitHub's older `permission` field, which knows no maintain and no triage. */
export function foldedPermission(role: RoleName | null): 'admin' | 'write' | 'read' | 'none' {
  switch (role) {
    case 'admin':
      return 'admin';
    case 'maintain':
    case 'write':
      return 'write';
    case 'triage':
    case 'read':
      return 'read';
    case null:
      return 'none';
  }
}

/** The `permissions` object of users and repositories. */
export function roleBooleans(role: RoleName | null): Record<string, boolean> {
  return {
    admin: hasRole(role, 'admin'),
    maintain: hasRole(role, 'maintain'),
    push: hasRole(role, 'write'),
    triage: hasRole(role, 'triage'),
    pull: hasRole(role, 'read'),
  };
}

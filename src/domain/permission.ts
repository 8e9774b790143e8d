/** Thresholds in rising order; a role satisfies every threshold at or below it. */
export const PERMISSION_LEVELS = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;

export type PermissionLevel = (typeof PERMISSION_LEVELS)[number];

/** True when `level` is at or above `threshold`. */
export function meetsThreshold(level: PermissionLevel, threshold: PermissionLevel): boolean {
  return PERMISSION_LEVELS.indexOf(level) >= PERMISSION_LEVELS.indexOf(threshold);
}

/** What GitHub answers about a collaborator; every field may be absent on old servers. */
export interface CollaboratorAnswer {
  roleName?: string | undefined;
  permission?: string | undefined;
  /** The booleans of `user.permissions`. */
  booleans?: Partial<Record<'admin' | 'maintain' | 'push' | 'triage' | 'pull', boolean>> | undefined;
}

/**
 * The level of a collaborator. Booleans decide where GitHub sends them (custom roles count by them),
 * then `role_name`; the `permission` field alone is only trusted downwards, because GitHub folds
 * maintain into write and triage into read there. Nothing readable is `none`.
 */
export function permissionLevel(answer: CollaboratorAnswer): PermissionLevel {
  const { booleans } = answer;
  if (booleans !== undefined && Object.keys(booleans).length > 0) {
    if (booleans.admin) return 'admin';
    if (booleans.maintain) return 'maintain';
    if (booleans.push) return 'write';
    if (booleans.triage) return 'triage';
    return booleans.pull ? 'read' : 'none';
  }
  return levelNamed(answer.roleName) ?? levelNamed(answer.permission) ?? 'none';
}

function levelNamed(name: string | undefined): PermissionLevel | undefined {
  return PERMISSION_LEVELS.find((level) => level === name);
}

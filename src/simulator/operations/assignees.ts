import type { Issue, Repository, User } from '../model.ts';
import { userPayload } from '../payloads/account.ts';
import { hasRole, roleOf } from '../roles.ts';
import { findUser, nowText, type Actor, type SimulatorState } from '../state.ts';
import { emitIssue } from './emit.ts';
import { recordEvent } from './issue-events.ts';

/** GitHub's limit on assignees of one issue. */
const MAX_ASSIGNEES = 10;

/** People with at least triage may be assigned, and the author of the issue is not special. */
export function canBeAssigned(repository: Repository, user: User): boolean {
  return user.type === 'User' && hasRole(roleOf(repository, user), 'triage');
}

/** Assigns, one `assigned` each; logins that can't be assigned are silently left out, as GitHub does. */
export async function assign(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  logins: string[],
): Promise<void> {
  for (const login of logins) {
    const user = findUser(state, login);
    const isPossible = user !== null && canBeAssigned(repository, user);
    if (!isPossible || issue.assignees.includes(user) || issue.assignees.length >= MAX_ASSIGNEES) continue;
    issue.assignees.push(user);
    await announce(state, actor, repository, issue, 'assigned', user);
  }
}

/** Takes assignees off, one `unassigned` each. */
export async function unassign(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  logins: string[],
): Promise<void> {
  const wanted = new Set(logins.map((login) => login.toLowerCase()));
  for (const user of issue.assignees.filter((entry) => wanted.has(entry.login.toLowerCase()))) {
    issue.assignees = issue.assignees.filter((entry) => entry !== user);
    await announce(state, actor, repository, issue, 'unassigned', user);
  }
}

async function announce(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  event: 'assigned' | 'unassigned',
  assignee: User,
): Promise<void> {
  issue.updatedAt = nowText(state);
  recordEvent(state, actor, issue, { event, assignee });
  await emitIssue(state, actor, repository, issue, event, { assignee: userPayload(state, assignee) });
}

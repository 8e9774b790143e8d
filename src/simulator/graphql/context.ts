import { canSee, checkRepository } from '../authorise.ts';
import type { Repository } from '../model.ts';
import { findNode } from '../node-ids.ts';
import type { Node } from '../node-ids.ts';
import { roleOf } from '../roles.ts';
import type { Actor, Caller, SimulatorState } from '../state.ts';
import { noNode } from './errors.ts';

/** Who asks, and of what. */
export interface GraphqlContext {
  state: SimulatorState;
  caller: Caller;
  actor: Actor;
}

/** The fields of one object of the schema: values, or functions of the field's arguments. */
export type Fields = Record<string, unknown>;

type Permission = 'contents' | 'issues' | 'pull_requests' | 'checks' | 'metadata';

/** Throws unless the caller's token may read this on the repository. */
export function checkRead(
  context: GraphqlContext,
  repository: Repository,
  ...permissions: Permission[]
): void {
  const access = { kind: 'repository', permissions, level: 'read', role: 'read' } as const;
  checkRepository(context.state, context.caller, repository, access);
}

/** Throws unless the caller's token, or the person's role, may change this on the repository. */
export function checkWrite(
  context: GraphqlContext,
  repository: Repository,
  role: 'read' | 'triage' | 'write',
  ...permissions: Permission[]
): void {
  const access = { kind: 'repository', permissions, level: 'write', role } as const;
  checkRepository(context.state, context.caller, repository, access);
}

/** What an id stands for, where the caller may know of it; throws `NOT_FOUND`. */
export function visibleNode(context: GraphqlContext, id: string): Node {
  const node = findNode(context.state, id);
  if (node === null) throw noNode(id);
  if (node.kind !== 'user' && !canSee(context.state, context.caller, node.repository)) throw noNode(id);
  return node;
}

/** `ADMIN`, `WRITE`, …: what `viewerPermission` says. */
export function viewerPermission(context: GraphqlContext, repository: Repository): string | null {
  return roleOf(repository, context.actor.user)?.toUpperCase() ?? null;
}

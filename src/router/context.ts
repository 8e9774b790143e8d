import type { Instruction } from '../domain/run.ts';
import { authorise, isOurselves, levelsFrom } from './authorise.ts';
import type { LevelOf } from './authorise.ts';
import type { Thread } from './event.ts';
import type { Catalogue, Routed, RouteDeps } from './routed.ts';

const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1_000;

/** What the routing of one event shares: each question is asked of GitHub once. */
export interface RouteContext {
  deps: RouteDeps;
  levelOf: LevelOf;
  catalogue(): Promise<Catalogue>;
}

export function createContext(deps: RouteDeps): RouteContext {
  let catalogue: Promise<Catalogue> | null = null;
  return {
    deps,
    levelOf: levelsFrom(deps.github),
    catalogue: () => (catalogue ??= deps.catalogue()),
  };
}

/** True for what happened more than seven days ago: too old to spend money on, or a replay. */
export function isTooOld(at: string | null, now: Date): boolean {
  return at !== null && now.getTime() - Date.parse(at) > MAX_AGE_MS;
}

export const TOO_OLD = 'it is older than seven days';

/**
 * The or pull request's text as an instruction, if its author is a person who may trigger. The texts
 * of bots never instruct, for they quote release notes and alerts, nor do our own, which a model wrote.
 */
export async function bodyInstruction(
  thread: Thread | null,
  context: RouteContext,
): Promise<Instruction | null> {
  const author = thread?.author ?? null;
  if (thread === null || author === null || thread.body.trim() === '') return null;
  if (isOurselves(author, context.deps.github.identity)) return null;
  const { config } = await context.catalogue();
  const authority = await authorise(author, 'steer', config, context.levelOf);
  return authority.kind === 'allowed' ? { text: thread.body, source: 'issue_body' } : null;
}

export function refused(nodeId: string | null, reason: string): Routed {
  return { kind: 'refused', nodeId, reason };
}

export function ignored(reason: string): Routed {
  return { kind: 'ignored', reason };
}

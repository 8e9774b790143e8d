import type { Issue, IssueEvent } from '../model.ts';
import { nodeIdOf } from '../node-ids.ts';
import { nowText, type Actor, type SimulatorState } from '../state.ts';

/** Adds one line to an issue's history. */
export function recordEvent(
  state: SimulatorState,
  actor: Actor,
  issue: Issue,
  event: Omit<IssueEvent, 'id' | 'nodeId' | 'actor' | 'app' | 'createdAt'>,
): void {
  const id = state.nextId();
  issue.events.push({
    id,
    nodeId: nodeIdOf('event', id),
    actor: actor.user,
    app: actor.app,
    createdAt: nowText(state),
    ...event,
  });
}

import { canSee } from '../authorise.ts';
import { findRepository } from '../state.ts';
import { accountFields } from './accounts.ts';
import type { Fields, GraphqlContext } from './context.ts';
import { refusal } from './errors.ts';
import { nodeWithId } from './nodes.ts';
import { repositoryFields } from './repositories.ts';

/** GitHub's points an hour for one caller. */
const POINTS_PER_HOUR = 5000;

/** The fields of `query { … }`. */
export function queryFields(context: GraphqlContext): Fields {
  return {
    viewer: { ...accountFields(context, context.actor.user), login: context.actor.user.login },
    rateLimit: () => rateLimit(context),
    node: ({ id }: { id: string }) => nodeWithId(context, id),
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => nodeWithId(context, id)),
    repository: ({ owner, name }: { owner: string; name: string }) => repository(context, owner, name),
  };
}

function repository(context: GraphqlContext, owner: string, name: string): Fields {
  const found = findRepository(context.state, owner, name);
  if (found === null || !canSee(context.state, context.caller, found)) {
    throw refusal('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
  }
  return repositoryFields(context, found);
}

/** GraphQL has a budget of its own; the simulator counts the query that asks and no other. */
function rateLimit({ state }: GraphqlContext): Fields {
  const nextHour = Math.floor(state.clock.now().getTime() / 3_600_000 + 1) * 3_600_000;
  return {
    limit: POINTS_PER_HOUR,
    cost: 1,
    used: 1,
    remaining: POINTS_PER_HOUR - 1,
    nodeCount: 0,
    resetAt: new Date(nextHour).toISOString().replace('.000Z', 'Z'),
  };
}

import type { Reaction, ReactionContent } from '../model.ts';
import { accountFields } from './accounts.ts';
import { connection } from './connection.ts';
import type { Fields, GraphqlContext } from './context.ts';

const CONTENTS: Readonly<Record<string, ReactionContent>> = {
  THUMBS_UP: '+1',
  THUMBS_DOWN: '-1',
  LAUGH: 'laugh',
  CONFUSED: 'confused',
  HEART: 'heart',
  HOORAY: 'hooray',
  ROCKET: 'rocket',
  EYES: 'eyes',
};

/** REST's word for a `ReactionContent`; null for none of GitHub's. */
export function reactionContent(name: string): ReactionContent | null {
  return CONTENTS[name] ?? null;
}

/** A `Reaction`. */
export function reactionFields(context: GraphqlContext, reaction: Reaction): Fields {
  return {
    __typename: 'Reaction',
    id: reaction.nodeId,
    databaseId: reaction.id,
    content: Object.keys(CONTENTS).find((name) => CONTENTS[name] === reaction.content),
    createdAt: reaction.createdAt,
    user: accountFields(context, reaction.user),
  };
}

/** The `reactions` of whatever can be reacted to. */
export function reactionList(context: GraphqlContext, reactions: Reaction[]): Fields {
  const list = (): Reaction[] => reactions;
  return { reactions: connection('reactions', list, (entry) => reactionFields(context, entry)) };
}

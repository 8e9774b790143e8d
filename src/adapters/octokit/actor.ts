import type { Actor } from '../../domain/actor.ts';

/** A person, bot or organisation as GitHub's answers name it. */
export interface Account {
  id: number;
  login: string;
  type?: string;
}

/** Stands for accounts that GitHub no longer names; its id is nobody's. */
export const GHOST: Actor = { id: 0, login: 'ghost', isBot: false };

/** An account as GraphQL names it, with what `ACTOR_FIELDS` asks for. */
export interface GraphqlActor {
  __typename: string;
  login: string;
  databaseId?: number | null;
}

export const ACTOR_FIELDS = '__typename login ... on User { databaseId } ... on Bot { databaseId }';

/** As REST names it: GraphQL leaves the suffix of bots out. */
export function fromGraphql(actor: GraphqlActor | null): Actor {
  if (actor === null) return GHOST;
  const { __typename: type, login, databaseId } = actor;
  return toActor({ id: databaseId ?? 0, login: type === 'Bot' ? `${login}[bot]` : login, type });
}

/** Who GitHub says it was. */
export function toActor(account: Account | null | undefined): Actor {
  if (account === null || account === undefined || typeof account.id !== 'number') return GHOST;
  const isBot = account.type === 'Bot' || account.login.endsWith('[bot]');
  return { id: account.id, login: account.login, isBot };
}

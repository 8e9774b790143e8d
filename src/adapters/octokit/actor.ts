import type { Actor } from '../../domain/actor.ts';

/** A person, bot or organisation as GitHub's answers name it. */
export interface Account {
  id: number;
  login: string;
  type?: string;
}

/** Stands for accounts that GitHub no longer names; its id is nobody's. */
const GHOST: Actor = { id: 0, login: 'ghost', isBot: false };

/** Who GitHub says it was. */
export function toActor(account: Account | null | undefined): Actor {
  if (account === null || account === undefined || typeof account.id !== 'number') return GHOST;
  const isBot = account.type === 'Bot' || account.login.endsWith('[bot]');
  return { id: account.id, login: account.login, isBot };
}

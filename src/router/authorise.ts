import type { Actor, AppIdentity } from '../domain/actor.ts';
import type { MusterConfig } from '../domain/config.ts';
import { messageOf, MusterError } from '../domain/errors.ts';
import { meetsThreshold } from '../domain/permission.ts';
import type { PermissionLevel } from '../domain/permission.ts';
import type { TenantEvent } from './event.ts';
import type { RouteDeps } from './routed.ts';

/** `ignored` is for bots and ourselves, which get no reaction that could start a conversation of bots. */
export type Authority =
  | { kind: 'allowed'; level: PermissionLevel }
  | { kind: 'denied'; reason: string }
  | { kind: 'ignored'; reason: string };

/**
 * `start` a run, `steer` one or ask about it, `approve` or reject what waits. The first two need the
 * `trigger` threshold.
 */
export type Purpose = 'start' | 'steer' | 'approve';

/** The level of a login, asked from GitHub once an event; null where GitHub can't say. */
export type LevelOf = (login: string) => Promise<PermissionLevel | null>;

/**
 * Asks GitHub for levels, each login once. What may work later is thrown, to be tried again; any other
 * failure is null, which no threshold is met by.
 */
export function levelsFrom(github: RouteDeps['github']): LevelOf {
  const asked = new Map<string, Promise<PermissionLevel | null>>();
  return (login) => {
    const known = asked.get(login) ?? github.permissionOf(login).catch(nullUnlessRetryable);
    asked.set(login, known);
    return known;
  };
}

/** Null for a failure that stays one; throws what may work later. */
export function nullUnlessRetryable(error: unknown): null {
  if (error instanceof MusterError && !error.isRetryable) return null;
  throw error instanceof Error ? error : new Error(messageOf(error));
}

/**
 * Whether someone may trigger or approve. People by the threshold; bots trigger by the allow-list alone,
 * since GitHub gives them no role; they steer nothing, because their comments quote other people's text,
 * and never approve.
 */
export async function authorise(
  actor: Actor,
  purpose: Purpose,
  config: MusterConfig,
  levelOf: LevelOf,
): Promise<Authority> {
  if (actor.isBot) return authoriseBot(actor, purpose, config);
  const level = await levelOf(actor.login);
  const threshold = config.permission[purpose === 'approve' ? 'approve' : 'trigger'];
  if (level === null) return { kind: 'denied', reason: `GitHub doesn't say what ${actor.login} may do` };
  if (meetsThreshold(level, threshold)) return { kind: 'allowed', level };
  return { kind: 'denied', reason: `${actor.login} has ${level}; to ${purpose} needs ${threshold}` };
}

function authoriseBot(actor: Actor, purpose: Purpose, config: MusterConfig): Authority {
  if (purpose !== 'start')
    return { kind: 'ignored', reason: `${actor.login} is a bot, which may only start` };
  return config.bots.some((bot) => bareLogin(bot) === bareLogin(actor.login))
    ? { kind: 'allowed', level: 'none' }
    : { kind: 'ignored', reason: `${actor.login} is a bot that \`bots\` doesn't list` };
}

/** Why an event is our own doing, or null. */
export function ownReason(event: TenantEvent, identity: AppIdentity): string | null {
  const isOurApp = identity.appId !== null && event.appId === identity.appId;
  if (event.kind === 'button') return null;
  if (isOurApp) return 'made by Muster itself';
  /* The sender of red CI is whoever pushed: on our own pull requests that is us. */
  if (event.kind === 'ci_failed' || event.sender === null) return null;
  return isOurselves(event.sender, identity) ? 'done by Muster itself' : null;
}

/** True for the account that Muster acts under. */
export function isOurselves(actor: Actor, identity: AppIdentity): boolean {
  return actor.login.toLowerCase() === identity.login.toLowerCase();
}

function bareLogin(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '');
}

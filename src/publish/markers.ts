import type { Actor, AppIdentity } from '../domain/actor.ts';
import { LADDER } from '../domain/autonomy.ts';
import type { Autonomy } from '../domain/config.ts';

/** Last line of a run's tracking comment. */
export function runMarker(runId: string): string {
  return `<!-- muster:run=${runId} -->`;
}

/** Last line of a text that one proposal published. */
export function effectMarker(runId: string, proposalId: string): string {
  return `<!-- muster:effect=${runId}:${proposalId} -->`;
}

/** Last line of an answer to the trigger with that key. */
export function answerMarker(key: string): string {
  return `<!-- muster:answer=${key} -->`;
}

/** Last line of the issue that a scheduled agent works for. */
export function scheduleMarker(agent: string): string {
  return `<!-- muster:schedule=${agent} -->`;
}

/** Last line of a pull request that proposes a rung; with the time of the newest decision that it is made on. */
export function rungMarker(to: Autonomy, at: string): string {
  return `<!-- muster:autonomy=${to} ${at} -->`;
}

/** The last of these markers in a text. */
export function rungMarkerIn(text: string): { marker: string; to: Autonomy; at: string } | null {
  const [marker, name, at] = [...text.matchAll(/<!-- muster:autonomy=(\S+) (\S+) -->/g)].at(-1) ?? [];
  const to = LADDER.find((rung) => rung === name);
  return marker === undefined || to === undefined || at === undefined ? null : { marker, to, at };
}

/** Under a review comment: what it is about, as `fingerprintOf` says. */
export function findingMarker(finding: string): string {
  return `<!-- muster:finding=${finding} -->`;
}

/** What the review comments in a text are about. Anyone can write a marker: only our own texts count. */
export function findingsIn(text: string): string[] {
  return [...text.matchAll(/<!-- muster:finding=(\S{1,100}) -->/g)].map((match) => match[1] ?? '');
}

/** In a review: how many of its comments had no room in it. */
export function leftOutMarker(count: number): string {
  return `<!-- muster:left-out=${count} -->`;
}

/** How many comments a review of ours says that it left out. */
export function leftOutIn(text: string): number {
  return Number(/<!-- muster:left-out=(\d{1,4}) -->/.exec(text)?.[1] ?? 0);
}

/** True for a text of our own App that ends with the marker; anyone can write a marker, so both count. */
export function isMarkedByUs(
  posted: { author: Actor; body: string },
  identity: AppIdentity,
  marker: string,
): boolean {
  return posted.author.login === identity.login && posted.body.trimEnd().endsWith(marker);
}

/**
 * The text without anything that reads as one of our markers. Each is replaced by words instead of removed:
 * a removal could join what stands around it to a new marker.
 */
export function stripMarkers(text: string): string {
  return text.replaceAll(/<!--\s*muster:(?:[^\n>]{0,200}?-->)?/gi, '[marker removed]');
}

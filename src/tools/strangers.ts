import type { Actor } from '../domain/actor.ts';
import type { ToolDeps } from './tool-deps.ts';

/** Those of the authors who are below the threshold, each once. */
export async function strangersAmong(
  { isTrusted }: Pick<ToolDeps, 'isTrusted'>,
  authors: readonly Actor[],
): Promise<Actor[]> {
  const unique = [...new Map(authors.map((author) => [author.id, author])).values()];
  const trusted = await Promise.all(unique.map(isTrusted));
  return unique.filter((_author, index) => trusted[index] !== true);
}

/** Why a text by these people taints the run; null where there are none. */
export function taintBy(strangers: readonly Actor[], what: string): string | null {
  if (strangers.length === 0) return null;
  const names = strangers.slice(0, 3).map((author) => `@${author.login}`);
  const more = strangers.length > 3 ? ` and ${strangers.length - 3} more` : '';
  return `it read ${what} by ${names.join(', ')}${more}`;
}

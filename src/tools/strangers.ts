import { isGone, type Actor } from '../domain/actor.ts';
import type { ToolDeps } from './tool-deps.ts';

/** Those of the authors who are below the threshold, each once. */
async function strangersAmong(
  { isTrusted }: Pick<ToolDeps, 'isTrusted'>,
  authors: readonly Actor[],
): Promise<Actor[]> {
  const unique = [...new Map(authors.map((author) => [author.id, author])).values()];
  const trusted = await Promise.all(
    unique.map(async (author) => !isGone(author) && (await isTrusted(author))),
  );
  return unique.filter((_author, index) => trusted[index] !== true);
}

/**
 * Why texts by these authors taint the run, or who last changed them does; null where nobody does.
 */
export async function taintOfTexts(
  deps: Pick<ToolDeps, 'isTrusted'> & { github: Pick<ToolDeps['github'], 'lastEditors'> },
  texts: readonly { nodeId: string; author: Actor }[],
  what: string,
): Promise<string | null> {
  const authors = texts.map(({ author }) => author);
  const byAuthor = taintBy(await strangersAmong(deps, authors), what);
  if (byAuthor !== null) return byAuthor;
  const edited = await deps.github.lastEditors(texts.map(({ nodeId }) => nodeId));
  // Who was asked about as an author needs no asking again.
  const known = new Set(authors.map(({ id }) => id));
  const editors = [...edited.values()].filter(({ id }) => !known.has(id));
  return taintBy(await strangersAmong(deps, editors), `${what}, changed`);
}

/** Why a text by these people taints the run; null where there are none. */
function taintBy(strangers: readonly Actor[], what: string): string | null {
  if (strangers.length === 0) return null;
  const names = strangers.slice(0, 3).map((author) => `@${author.login}`);
  const more = strangers.length > 3 ? ` and ${strangers.length - 3} more` : '';
  return `it read ${what} by ${names.join(', ')}${more}`;
}

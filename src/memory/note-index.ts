import MiniSearch from 'minisearch';
import type { Note } from '../domain/note.ts';

const MAX_QUERY_CHARACTERS = 4000;

const STOP_WORDS = new Set(
  `a an and are as at be but by can for from has have if in into is it its not of on or so that the then there
  these this to was we were when which will with you your`.split(/\s+/),
);

/**
 * The notes that answer a query, best first: BM25 over their words, the parts of identifiers among them.
 * A query of stop words only finds nothing.
 */
export function rankNotes(notes: readonly Note[], query: string): Note[] {
  const index = new MiniSearch<Note>({
    fields: ['text', 'kind'],
    tokenize: termsOf,
    processTerm: (term) => term,
  });
  index.addAll(notes);
  const byId = new Map(notes.map((note) => [note.id, note]));
  return index
    .search(query.slice(0, MAX_QUERY_CHARACTERS), { combineWith: 'OR' })
    .flatMap(({ id }) => byId.get(String(id)) ?? []);
}

/** `createFiles` as `createfile`, `create`, `file`: people and code write the same thing differently. */
function termsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap((word) => [word, ...partsOf(word)])
    .map((word) => singular(word.toLowerCase()))
    .filter((word) => word.length > 1 && !STOP_WORDS.has(word));
}

function partsOf(word: string): string[] {
  const parts = word.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+/gu) ?? [];
  return parts.length > 1 ? parts : [];
}

function singular(word: string): string {
  return word.length < 4 ? word : word.replace(/s$/, '');
}

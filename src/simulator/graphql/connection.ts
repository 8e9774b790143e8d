import { refusal } from './errors.ts';
import type { Fields } from './context.ts';

interface PageArguments {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

const MAX_PAGE = 100;

/**
 * The resolver of a paged list. Like GitHub it refuses a page without `first` or `last`, and one of more than
 * a hundred.
 */
export function connection<Item>(
  name: string,
  list: () => readonly Item[],
  toNode: (item: Item) => Fields,
): (page: PageArguments) => Fields {
  return (page) => {
    checkPage(name, page);
    const items = list();
    const [from, to] = range(items.length, page);
    const nodes = items.slice(from, to).map(toNode);
    return {
      totalCount: items.length,
      nodes,
      edges: nodes.map((node, index) => ({ node, cursor: cursorOf(from + index) })),
      pageInfo: {
        hasPreviousPage: from > 0,
        hasNextPage: to < items.length,
        startCursor: nodes.length === 0 ? null : cursorOf(from),
        endCursor: nodes.length === 0 ? null : cursorOf(to - 1),
      },
    };
  };
}

function checkPage(name: string, { first, last }: PageArguments): void {
  const size = first ?? last ?? null;
  if (size === null) {
    const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
    throw refusal('MISSING_PAGINATION_BOUNDARIES', message);
  }
  if (size > MAX_PAGE || size < 0) {
    const which = first === size ? 'first' : 'last';
    const message = `Requesting ${size} records on the \`${name}\` connection exceeds the \`${which}\` limit of ${MAX_PAGE} records.`;
    throw refusal('EXCESSIVE_PAGINATION', message);
  }
}

function range(total: number, page: PageArguments): [number, number] {
  let from = page.after ? indexOf(page.after) + 1 : 0;
  let to = page.before ? Math.min(total, indexOf(page.before)) : total;
  if (typeof page.first === 'number') to = Math.min(to, from + page.first);
  if (typeof page.last === 'number') from = Math.max(from, to - page.last);
  return [from, Math.max(from, to)];
}

function cursorOf(index: number): string {
  return Buffer.from(`cursor:${index}`).toString('base64');
}

function indexOf(cursor: string): number {
  const match = /^cursor:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString('utf8'));
  if (match === null) throw refusal('UNPROCESSABLE', `\`${cursor}\` does not appear to be a valid cursor.`);
  return Number(match[1]);
}

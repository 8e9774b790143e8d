import { MusterError } from '../../domain/errors.ts';
import type { Octokit } from './client.ts';
import type { NameResolver } from './repository-name.ts';

/** What every area of the adapter works with. */
export interface Connection {
  octokit: Octokit;
  repository: NameResolver;
}

export const PAGE_SIZE = 100;

/** The items of up to `limit`, page after page. */
export async function collect<T>(pages: AsyncIterable<{ data: T[] }>, limit: number): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) {
    items.push(...page.data);
    if (items.length >= limit) break;
  }
  return items.slice(0, limit);
}

/** Null where GitHub says that there is no such thing. */
export async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof MusterError && error.code === 'github_not_found') return null;
    throw error;
  }
}

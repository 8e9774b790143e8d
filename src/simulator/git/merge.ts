import { gitFailure, runGit } from './command.ts';
import { mergeBaseOf } from './compare.ts';
import { historyOf } from './history.ts';
import { readCommit, writeCommit } from './objects.ts';
import type { CommitAuthor } from './objects.ts';

/** True where the descendant contains the ancestor (or is it). Missing commits are no ancestors. */
export async function isAncestor(dir: string, ancestor: string, descendant: string): Promise<boolean> {
  const history = await historyOf(dir, descendant);
  if (history !== null) return history.has(ancestor);
  const args = ['merge-base', '--is-ancestor', '--end-of-options', ancestor, descendant];
  return (await runGit(dir, args)).code === 0;
}

/**
 * Writes the merge commit of two commits and returns its sha, moving no ref. Null where they conflict or
 * share no history, which is what GitHub calls not mergeable.
 */
export async function merge(
  dir: string,
  input: { base: string; head: string; message: string; author: CommitAuthor },
): Promise<string | null> {
  const { base, head, message, author } = input;
  const mergeBase = await mergeBaseOf(dir, base, head);
  if (mergeBase === null) return null;
  const tree = await mergedTree(dir, mergeBase, base, head);
  if (tree === null) return null;
  return await writeCommit(dir, { message, tree, parents: [base, head], author });
}

async function mergedTree(
  dir: string,
  mergeBase: string,
  base: string,
  head: string,
): Promise<string | null> {
  // Where only one of them went on, there is nothing to merge with.
  const later = mergeBase === base ? head : mergeBase === head ? base : null;
  if (later !== null) return (await readCommit(dir, later))?.tree ?? null;
  const args = ['merge-tree', '--write-tree', '--no-messages', '--end-of-options', base, head];
  const result = await runGit(dir, args);
  if (result.code === 1) return null;
  if (result.code !== 0) throw gitFailure(args, result);
  return result.stdout.toString('utf8').trim();
}

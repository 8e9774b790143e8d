import { notFound } from '../errors.ts';
import type { Repository } from '../model.ts';
import { nowText, type Actor, type SimulatorState } from '../state.ts';
import { refMoved } from './refs.ts';

/** Commits files on a branch, as `git push` would, and returns the commit. Null removes a file. */
export async function pushFiles(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  input: { branch: string; files: Record<string, string | null>; message: string },
): Promise<string> {
  const { git } = repository;
  const ref = `refs/heads/${input.branch}`;
  const before = await git.getRef(ref);
  const parent = before ?? (await git.getRef(`refs/heads/${repository.defaultBranch}`));
  const changes = await Promise.all(
    Object.entries(input.files).map(async ([path, text]) => ({
      path,
      mode: '100644',
      type: 'blob' as const,
      sha: text === null ? null : await git.writeBlob(Buffer.from(text)),
    })),
  );
  const tree = await git.writeTree(parent, changes);
  const author = { name: actor.user.login, email: actor.user.email, date: nowText(state) };
  const parents = parent === null ? [] : [parent];
  const after = await git.writeCommit({ message: input.message, tree, parents, author });
  await git.setRef(ref, after, before);
  await refMoved(state, actor, repository, { ref, before, after });
  return after;
}

/** Deletes a branch; throws 404 where there is none. */
export async function removeBranch(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  branch: string,
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const before = await repository.git.getRef(ref);
  if (before === null) throw notFound();
  await repository.git.deleteRef(ref);
  await refMoved(state, actor, repository, { ref, before, after: null });
}

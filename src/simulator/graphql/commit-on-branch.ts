import { MusterError } from '../../domain/errors.ts';
import { canSee } from '../authorise.ts';
import type { TreeChange } from '../git/trees.ts';
import type { Repository } from '../model.ts';
import { refMoved } from '../operations/refs.ts';
import { findRepository, nowText } from '../state.ts';
import { checkWrite } from './context.ts';
import type { Fields, GraphqlContext } from './context.ts';
import { refusal } from './errors.ts';
import { commitFields, refFields } from './git-objects.ts';
import { visibleRef } from './nodes.ts';

interface CommitInput {
  branch: { id?: string | null; repositoryNameWithOwner?: string | null; branchName?: string | null };
  expectedHeadOid: string;
  message: { headline: string; body?: string | null };
  fileChanges?: {
    additions?: { path: string; contents: string }[] | null;
    deletions?: { path: string }[] | null;
  } | null;
}

/**
 * Appends one commit, signed by GitHub, to a branch that must be at `expectedHeadOid`; else `STALE_DATA`.
 * File modes can't be set: what exists keeps its own.
 */
export async function createCommitOnBranch(context: GraphqlContext, input: CommitInput): Promise<Fields> {
  const { state, actor } = context;
  const { repository, ref } = branchOf(context, input.branch);
  checkWrite(context, repository, 'write', 'contents');
  const before = await repository.git.getRef(ref);
  if (before === null) throw refusal('NOT_FOUND', `Could not resolve to a branch with the name '${ref}'.`);
  if (before !== input.expectedHeadOid) throw stale(input.expectedHeadOid);
  const { headline, body } = input.message;
  const after = await repository.git.writeCommit({
    message: body ? `${headline}\n\n${body}` : headline,
    tree: await repository.git.writeTree(before, await treeChanges(repository, before, input.fileChanges)),
    parents: [before],
    author: { name: actor.user.login, email: actor.user.email, date: nowText(state) },
  });
  await moveBranch(repository, ref, before, after);
  repository.verifiedCommits.add(after);
  await refMoved(state, actor, repository, { ref, before, after });
  return {
    commit: () => commitFields(context, repository, after),
    ref: () => refFields(context, repository, ref),
  };
}

function branchOf(
  context: GraphqlContext,
  branch: CommitInput['branch'],
): { repository: Repository; ref: string } {
  const found = typeof branch.id === 'string' ? visibleRef(context, branch.id) : null;
  if (found !== null) return found;
  const name = branch.repositoryNameWithOwner ?? '';
  const [owner = '', repositoryName = ''] = name.split('/');
  const repository = findRepository(context.state, owner, repositoryName);
  if (repository === null || !canSee(context.state, context.caller, repository)) {
    throw refusal('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
  }
  return { repository, ref: `refs/heads/${(branch.branchName ?? '').replace(/^refs\/heads\//, '')}` };
}

async function treeChanges(
  repository: Repository,
  head: string,
  changes: CommitInput['fileChanges'],
): Promise<TreeChange[]> {
  const entries: TreeChange[] = [];
  for (const { path } of changes?.deletions ?? []) {
    if ((await repository.git.readPath(head, path))?.type !== 'blob') {
      const message = `A path was requested for deletion which does not exist as of commit oid \`${head}\``;
      throw refusal('UNPROCESSABLE', message);
    }
    entries.push({ path, mode: '100644', type: 'blob', sha: null });
  }
  for (const { path, contents } of changes?.additions ?? []) {
    const present = await repository.git.readPath(head, path);
    const mode = present?.type === 'blob' ? present.mode : '100644';
    entries.push({ path, mode, type: 'blob', sha: await repository.git.writeBlob(decode(path, contents)) });
  }
  return entries;
}

function decode(path: string, contents: string): Buffer {
  const text = contents.replace(/\s/g, '');
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    return Buffer.from(text, 'base64');
  }
  throw refusal('UNPROCESSABLE', `The contents of ${path} are not Base64`);
}

async function moveBranch(repository: Repository, ref: string, before: string, after: string): Promise<void> {
  try {
    await repository.git.setRef(ref, after, before);
  } catch (error) {
    if (error instanceof MusterError && error.code === 'git_conflict') throw stale(before);
    throw error;
  }
}

function stale(expected: string): Error {
  return refusal(
    'STALE_DATA',
    `Expected branch to point to "${expected}" but it did not.  Pull and try again.`,
  );
}

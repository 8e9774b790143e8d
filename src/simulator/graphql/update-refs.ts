import { MusterError } from '../../domain/errors.ts';
import type { Repository } from '../model.ts';
import { refMoved } from '../operations/refs.ts';
import type { RefMove } from '../operations/refs.ts';
import { checkWrite, visibleNode } from './context.ts';
import type { Fields, GraphqlContext } from './context.ts';
import { noNode, refusal } from './errors.ts';

interface RefUpdate {
  name: string;
  /** Zeros delete. */
  afterOid: string;
  /** Zeros: it must not exist. Absent: anything. */
  beforeOid?: string | null;
  force?: boolean | null;
}

const NONE = '0'.repeat(40);

/**
 * Moves refs all or nothing: `STALE_DATA` where one is not at its `beforeOid`, `UNPROCESSABLE` for what is no
 * fast-forward without `force`, for bad names and for missing objects.
 */
export async function updateRefs(
  context: GraphqlContext,
  input: { repositoryId: string; refUpdates: RefUpdate[] },
): Promise<Fields> {
  const node = visibleNode(context, input.repositoryId);
  if (node.kind !== 'repository') throw noNode(input.repositoryId);
  const { repository } = node;
  checkWrite(context, repository, 'write', 'contents');
  const moves: RefMove[] = [];
  for (const update of input.refUpdates) moves.push(await planMove(repository, update));
  try {
    // What was read is what must still be there, so that two writers can't both succeed.
    const changes = moves.map(({ ref, before, after }) => ({ ref, sha: after, expected: before }));
    await repository.git.changeRefs(changes);
  } catch (error) {
    if (error instanceof MusterError && error.code === 'git_conflict') throw stale(moves[0]?.ref ?? '');
    throw error;
  }
  for (const move of moves) await refMoved(context.state, context.actor, repository, move);
  return {};
}

async function planMove(repository: Repository, update: RefUpdate): Promise<RefMove> {
  const { name: ref, force } = update;
  const before = await repository.git.getRef(ref);
  const after = update.afterOid === NONE ? null : update.afterOid;
  const { beforeOid } = update;
  if (typeof beforeOid === 'string' && beforeOid !== (before ?? NONE)) throw stale(ref);
  const isForward = before === null || after === null || (await repository.git.isAncestor(before, after));
  if (!isForward && force !== true) {
    throw refusal('UNPROCESSABLE', `Update of ${ref} is not a fast forward`);
  }
  return { ref, before, after };
}

function stale(ref: string): Error {
  const message = `Expected ${ref} to point to the expected oid but it did not. Pull and try again.`;
  return refusal('STALE_DATA', message);
}

import type { CommitStatus } from '../check-model.ts';
import type { Repository } from '../model.ts';
import { nodeIdOf } from '../node-ids.ts';
import { commitPayload } from '../payloads/commit.ts';
import { nowText, type Actor, type SimulatorState } from '../state.ts';
import { emitOn } from './emit.ts';

/** Reports a commit status: the `status` event. */
export async function addStatus(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  input: {
    sha: string;
    state: CommitStatus['state'];
    context?: string;
    description?: string | null;
    target_url?: string | null;
  },
): Promise<CommitStatus> {
  const id = state.nextId();
  const status: CommitStatus = {
    id,
    nodeId: nodeIdOf('status', id),
    sha: input.sha,
    context: input.context ?? 'default',
    state: input.state,
    description: input.description ?? null,
    targetUrl: input.target_url ?? null,
    creatorId: actor.user.id,
    createdAt: nowText(state),
  };
  repository.statuses.push(status);
  const commit = await repository.git.readCommit(input.sha);
  const fields = {
    id,
    sha: status.sha,
    name: `${repository.owner.login}/${repository.name}`,
    context: status.context,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    avatar_url: null,
    branches: [],
    commit: commit === null ? null : commitPayload(state, repository, commit),
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
  emitOn(state, actor, repository, { name: 'status', action: null, fields });
  return status;
}

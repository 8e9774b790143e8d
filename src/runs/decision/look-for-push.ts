import { meetsThreshold } from '../../domain/permission.ts';
import type { AwaitedProposals } from './await-decision.ts';
import type { Prepared } from '../stages/prepare.ts';
import type { Session } from '../session.ts';
import { signalsOf } from '../tables/signals.ts';

/** Someone pushed to the pull request that waits, or on which something waits. */
export interface Pushed {
  kind: 'pushed';
  headSha: string;
  /** Null where GitHub has not said. */
  by: string | null;
  /** Whether they may instruct runs. */
  isTrusted: boolean;
}

/** GitHub's word on the head of what waits, since the push's own signal may be late or lost; null where it is as shown. */
export async function lookForPush(
  session: Session,
  prepared: Prepared,
  { pull }: Pick<AwaitedProposals, 'pull'>,
): Promise<Pushed | null> {
  if (pull === null) return null;
  const now = await session.github.getPullRequest(pull.number);
  if (now === null || now.state === 'closed' || now.head.sha === pull.headSha) return null;
  const headSha = now.head.sha;
  const pushes = (await signalsOf(session)).flatMap(({ signal }) =>
    signal.kind === 'push' && signal.headSha === headSha ? [signal.actor] : [],
  );
  const by = pushes.at(-1) ?? null;
  const level = by === null || by.isBot ? 'none' : await session.github.permissionOf(by.login);
  const isTrusted = meetsThreshold(level, prepared.config.permission.trigger);
  return { kind: 'pushed', headSha, by: by?.login ?? null, isTrusted };
}

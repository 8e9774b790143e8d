import type { Shown } from '../../gate/approval.ts';
import { meetsThreshold } from '../../domain/permission.ts';
import { isWaitingWhole } from '../../publish/proposal-text.ts';
import { report } from '../report.ts';
import type { Session } from '../session.ts';
import type { Prepared } from '../stages/prepare.ts';
import { consumeSignal, signalsOf, type Signal, type SignalSource } from '../tables/signals.ts';
import { answer } from './answer.ts';
import type { AwaitedProposals, Decision } from './await-decision.ts';
import { leftPushes, takePush } from './other-pushes.ts';
import { shownApprovals, unknownPusher, weighApproval } from './weigh-approval.ts';

const MAX_REWORKS = 3;

/** What `/retry` says to an agent whose work waits. */
const ONCE_MORE = 'This was not accepted. Do the task once more, looking for what you missed.';

/** A decision, or null where the signal didn't count: it is then consumed with an answer to its author. */
export async function consider(
  session: Session,
  prepared: Prepared,
  awaited: AwaitedProposals,
  shown: Shown,
  signal: Signal,
): Promise<Decision | null> {
  switch (signal.kind) {
    case 'approve': {
      if (!isWaitingWhole(session.view))
        return decline(
          session,
          signal,
          "what waits can't be shown whole; `/rework` it into something smaller",
        );
      const weighed = await weighApproval(session, prepared, awaited, shown, signal);
      if (weighed.kind === 'declined') {
        await decline(session, signal, weighed.reason);
        await report(session);
        return null;
      }
      session.show({ approvals: shownApprovals(weighed.approvals) });
      if (weighed.kind === 'approved') return weighed;
      await consume(session, signal, 'counted');
      await report(session);
      return null;
    }
    case 'reject':
      return (await mayDecide(session, prepared, signal))
        ? { kind: 'rejected', by: signal.actor.login, reason: signal.reason }
        : null;
    case 'retry':
    case 'rework': {
      if (!(await mayDecide(session, prepared, signal))) return null;
      const hindrance = await hindranceToRework(session, prepared, awaited, ['rework', 'retry']);
      return hindrance === null
        ? { kind: 'rework', by: signal.actor.login, text: signal.kind === 'retry' ? ONCE_MORE : signal.text }
        : decline(session, signal, hindrance);
    }
    case 'cancel':
      return { kind: 'cancelled', by: signal.actor.login };
    case 'ci': {
      const isOfHead = signal.headSha === ownHead(session, awaited);
      const hindrance = isOfHead
        ? await hindranceToRework(session, prepared, awaited, ['ci'])
        : 'of another head';
      if (hindrance === null) return { kind: 'rework', by: 'CI', text: signal.text };
      await consume(session, signal, hindrance);
      return null;
    }
    case 'push':
      await takePush(session, awaited, signal);
      return null;
    case 'closed': {
      const decision = await closedBy(session, signal.actor?.login ?? 'someone');
      if (decision === null) await consume(session, signal, 'open again');
      return decision;
    }
    case 'remark':
      session.show({ remarks: [...session.view.remarks, signal.text] });
      await consume(session, signal, 'shown');
      await report(session);
      return null;
    case 'expire':
      if (signal.round === session.round) return { kind: 'expired' };
      await consume(session, signal, 'of an earlier round');
      return null;
  }
}

/** The head of the run's own pull request as it was seen last; null where it has none. */
function ownHead({ view }: Session, { pull }: AwaitedProposals): string | null {
  if (view.pullRequest === null) return null;
  return pull?.number === view.pullRequest.number ? pull.headSha : view.pullRequest.headSha;
}

/** What GitHub says by now of the pull request that somebody closed; null where it is open again. */
async function closedBy({ github, view }: Session, by: string): Promise<Decision | null> {
  if (view.pullRequest === null) return null;
  const { number } = view.pullRequest;
  const pull = await github.getPullRequest(number);
  if (pull?.state === 'open') return null;
  if (pull?.isMerged === true) return { kind: 'merged', by };
  return { kind: 'rejected', by, reason: `pull request #${number} was closed` };
}

/** Why there can be no rework, or null. People's and CI's have a number each. */
async function hindranceToRework(
  session: Session,
  prepared: Prepared,
  awaited: AwaitedProposals,
  kinds: readonly Signal['kind'][],
): Promise<string | null> {
  if ((await leftPushes(session, awaited)).length > 0)
    return `someone pushed to #${session.view.pullRequest?.number}, which a rework would undo; \`/approve\` or \`/reject\` it`;
  const earlier = (await signalsOf(session)).filter(
    ({ signal, outcome }) => outcome === 'rework' && kinds.includes(signal.kind),
  );
  return earlier.length < MAX_REWORKS
    ? unknownPusher(session, prepared, awaited)
    : `a run is reworked at most ${MAX_REWORKS} times; \`/approve\` or \`/reject\` it`;
}

type PersonSignal = Extract<Signal, { source: SignalSource }>;

async function mayDecide(session: Session, prepared: Prepared, signal: PersonSignal): Promise<boolean> {
  const threshold = prepared.config.permission.approve;
  if (!signal.actor.isBot && meetsThreshold(await session.github.permissionOf(signal.actor.login), threshold))
    return true;
  await decline(session, signal, `deciding takes ${threshold} access`);
  return false;
}

async function decline(session: Session, signal: PersonSignal, reason: string): Promise<null> {
  await answer(
    session,
    signal.source.number,
    signal.id,
    `\`/${signal.kind}\` by ${signal.actor.login} doesn't count: ${reason}.`,
  );
  await consume(session, signal, reason);
  return null;
}

async function consume(session: Session, signal: Signal, outcome: string): Promise<void> {
  await session.engine.database.transaction(session.run.request.tenant.id, async (tx) =>
    consumeSignal(tx, session.run, signal.id, outcome),
  );
}

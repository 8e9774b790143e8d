import type { AwaitedProposals } from './await-decision.ts';
import { report } from '../report.ts';
import { reportLaterHead } from '../head-checks.ts';
import type { Session } from '../session.ts';
import { consumeSignal, openPushes, openSignals, type Signal } from '../tables/signals.ts';

type Push = Extract<Signal, { kind: 'push' }>;

/** The oldest signal that is not taken yet, without those that are left for later. */
export async function nextSignal(session: Session, awaited: AwaitedProposals): Promise<Signal | null> {
  const { engine, run } = session;
  const open = await engine.database.transaction(run.request.tenant.id, async (tx) => openSignals(tx, run));
  return open.find((signal) => !isLeft(session, awaited, signal)) ?? null;
}

/**
 * Pushes to the run's own pull request while something else waits: they are judged once the run is done, and left
 * until then.
 */
export async function leftPushes(session: Session, awaited: AwaitedProposals): Promise<Push[]> {
  const { engine, run } = session;
  const pushes = await engine.database.transaction(run.request.tenant.id, async (tx) => openPushes(tx, run));
  return pushes.filter((push) => isLeft(session, awaited, push));
}

function isLeft({ view }: Session, { pull }: AwaitedProposals, signal: Signal): boolean {
  const own = view.pullRequest?.number;
  return signal.kind === 'push' && signal.number === own && own !== pull?.number;
}

/** Says so on the newest of their heads; returns the ids of those that were there. */
export async function showLeft(session: Session, awaited: AwaitedProposals): Promise<string[]> {
  const pushes = await leftPushes(session, awaited);
  const newest = pushes.at(-1);
  if (newest !== undefined)
    await reportLaterHead(session.engine, session.github, newest.headSha, session.view);
  return pushes.map(({ id }) => id);
}

/**
 * Takes a push that what waits does not depend on, or that was looked at. One to the pull request that the run was
 * asked on brings its checks there to the new head.
 */
export async function takePush(session: Session, { pull }: AwaitedProposals, push: Push): Promise<void> {
  const { asked, headSha } = session.view;
  const isOfAsked = push.number === session.run.request.subject.number && push.number !== pull?.number;
  const now = asked && isOfAsked ? await session.github.getPullRequest(push.number) : null;
  const isMoved = now?.state === 'open' && ![asked?.headSha, headSha].includes(now.head.sha);
  if (isMoved) session.show({ asked: { headSha: now.head.sha, checksDigest: null } });
  await session.change({}, async (tx) => consumeSignal(tx, session.run, push.id, 'looked at'));
  if (isMoved) await report(session);
}

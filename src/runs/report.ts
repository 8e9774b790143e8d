import { digestOf } from '../domain/digest.ts';
import { messageOf } from '../domain/errors.ts';
import type { RunView } from '../domain/run-view.ts';
import { upsertTrackingComment } from '../publish/report.ts';
import { renderTrackingComment } from '../publish/tracking-comment.ts';
import { showChecks } from './head-checks.ts';
import { locateQuotes } from './locate-quotes.ts';
import type { Session } from './session.ts';

/**
 * Shows the run as it stands: the three checks on its head where it has one, and one edit of the tracking
 * comment. What is shown already is not sent again. The engine's own words, never a proposal.
 *
 * @param view Shown instead of the session's, for an end that is not written yet.
 */
export async function report(session: Session, view: RunView = session.view): Promise<void> {
  // The comment comes last: where it says done, the checks say so already.
  if (view.headSha !== null && !view.isDryRun) await reportChecks(session, view, view.headSha);
  await reportComment(session, view);
}

/** For the moments between decisions: a comment that could not be edited must not end the run. */
export async function reportProgress(session: Session): Promise<void> {
  try {
    await report(session);
  } catch (error) {
    session.signal.throwIfAborted();
    session.engine.log.warn('progress could not be shown', { ...idsOf(session), error: messageOf(error) });
  }
}

async function reportComment(session: Session, view: RunView): Promise<void> {
  const { run, github } = session;
  const body = renderTrackingComment(view);
  const digest = digestOf(body);
  if (view.comment?.digest === digest) return;
  const posted = await upsertTrackingComment(github, {
    number: run.request.subject.number,
    runId: run.request.runId,
    body,
    knownId: view.comment?.id ?? null,
    since: run.createdAt,
  });
  session.show({ comment: { id: posted.id, url: posted.url, digest, shownAt: posted.updatedAt } });
  await session.change({});
}

async function reportChecks(session: Session, view: RunView, headSha: string): Promise<void> {
  const located = await locateQuotes(session, view);
  const checksDigest = await showChecks(session.engine, session.github, headSha, located, view.checksDigest);
  session.show({ checksDigest });
  const { asked } = view;
  if (!asked) return;
  const askedDigest = await showChecks(
    session.engine,
    session.github,
    asked.headSha,
    located,
    asked.checksDigest,
  );
  session.show({ asked: { ...asked, checksDigest: askedDigest } });
}

export function idsOf(session: Session): { run: string; tenant: number } {
  const { request } = session.run;
  return { run: request.runId, tenant: request.tenant.id };
}

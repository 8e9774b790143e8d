import { isRunId } from '../domain/trigger.ts';
import { authorise } from './authorise.ts';
import { ignored, isTooOld, refused, TOO_OLD } from './context.ts';
import type { RouteContext } from './context.ts';
import type { ButtonEvent, ReviewedEvent } from './event.ts';
import type { Routed, RoutedSignal } from './routed.ts';
import { routeCommands } from './route-commands.ts';
import { subjectOf } from './start.ts';

/**
 * A review of a pull request that Muster opened approves it, or sends it back; the commands in its text
 * count on any pull request.
 */
export async function routeReview(event: ReviewedEvent, context: RouteContext): Promise<Routed[]> {
  const { review, tenant, thread } = event;
  const isOwn = review.state !== 'commented' && (await context.deps.isOwnPullRequest(thread.number));
  const state = isOwn ? [await routeState(event, context)] : [];
  const post = {
    tenant,
    thread,
    source: { kind: 'review' as const, id: review.id },
    nodeId: review.nodeId,
    author: review.author,
    body: review.body,
    at: review.submittedAt,
  };
  const commands = await routeCommands(post, context, isOwn ? ['approve', 'reject', 'rework'] : []);
  return [...state, ...commands];
}

async function routeState(event: ReviewedEvent, context: RouteContext): Promise<Routed> {
  const { review, thread, tenant } = event;
  const signal = review.state === 'approved' ? 'approve' : 'rework';
  if (isTooOld(review.submittedAt, context.deps.now)) return refused(review.nodeId, TOO_OLD);
  const { config } = await context.catalogue();
  const purpose = signal === 'approve' ? 'approve' : 'steer';
  const authority = await authorise(review.author, purpose, config, context.levelOf);
  if (authority.kind === 'ignored') return authority;
  if (authority.kind === 'denied') return refused(review.nodeId, authority.reason);
  if (signal === 'approve' && review.commitSha !== event.headSha) {
    const text =
      `The review approves \`${review.commitSha?.slice(0, 7) ?? 'no commit'}\`, but the head is ` +
      `\`${event.headSha.slice(0, 7)}\` by now. What works: a review of the head.`;
    return { kind: 'answer', subject: subjectOf(thread), text, onceKey: null };
  }
  return {
    kind: 'signal',
    signal,
    via: 'review',
    key: `review:${review.id}`,
    tenant,
    actor: review.author,
    level: authority.level,
    at: review.submittedAt,
    id: review.id,
    pullRequest: thread.number,
    runIds: [],
    commitSha: review.commitSha ?? event.headSha,
    text: review.body,
    react: review.nodeId,
  };
}

const BUTTONS = ['approve', 'reject', 'retry'] as const;

/** A button on one of our checks. Others' checks may well have buttons of the same names. */
export async function routeButton(event: ButtonEvent, context: RouteContext): Promise<Routed[]> {
  const { identity } = context.deps.github;
  if (identity.appId === null || event.appId !== identity.appId) {
    return [ignored('the button stands on a check that is not ours')];
  }
  const signal = BUTTONS.find((known) => known === event.identifier);
  if (signal === undefined) return [ignored('no button of ours has that identifier')];
  const runIds = event.externalId
    .split(',')
    .map((part) => part.trim())
    .filter(isRunId);
  if (runIds.length === 0) return [ignored('the check names no run')];
  if (event.sender === null) return [ignored('nobody pressed the button')];
  const { config } = await context.catalogue();
  const purpose = signal === 'retry' ? 'steer' : 'approve';
  const authority = await authorise(event.sender, purpose, config, context.levelOf);
  if (authority.kind === 'ignored') return [authority];
  if (authority.kind === 'denied') return [refused(null, authority.reason)];
  const pressed: RoutedSignal = {
    kind: 'signal',
    signal,
    via: 'button',
    key: `button:${event.checkRunId}:${event.digest}`,
    tenant: event.tenant,
    actor: event.sender,
    level: authority.level,
    at: context.deps.now.toISOString(),
    id: event.checkRunId,
    pullRequest: event.thread?.number ?? null,
    runIds,
    commitSha: event.headSha,
    text: '',
    react: null,
  };
  return [pressed];
}

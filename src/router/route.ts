import { ownReason } from './authorise.ts';
import { createContext, ignored } from './context.ts';
import type { RouteContext } from './context.ts';
import type { CiFailedEvent, CommentedEvent, MusterEvent, PullRequestEvent, TenantEvent } from './event.ts';
import { revertedPullRequests } from './reverts.ts';
import { routeCommands } from './route-commands.ts';
import { routeButton, routeReview } from './route-signals.ts';
import { routeBindings, routeDispatch, routeLabel } from './route-starts.ts';
import type { Routed, RouteDeps } from './routed.ts';

/**
 * What an event asks of Muster, in the order in which it asks for it; never empty. Only asks: it reacts to
 * nothing and starts nothing. Throws what the dependencies throw when it may work later, so that the
 * delivery is tried again; permission that can't be read is a refusal.
 */
export async function route(event: MusterEvent, deps: RouteDeps): Promise<Routed[]> {
  if (event.kind === 'ignored') return [event];
  if (event.kind === 'installation' || event.kind === 'repository') return [{ kind: 'lifecycle', event }];
  const own = ownReason(event, deps.github.identity);
  if (own !== null) return [ignored(own)];
  const context = createContext(deps);
  const asked = await routeAsked(event, context);
  const bound = (await routeBindings(event, context)).filter((next) => !isStartedBy(asked, next));
  const routed = [...asked, ...bound];
  return routed.length > 0 ? routed : [ignored(silenceReason(event))];
}

/** What a person asked for with the event, rather than what is bound to it. */
async function routeAsked(event: TenantEvent, context: RouteContext): Promise<Routed[]> {
  switch (event.kind) {
    case 'labeled':
      return routeLabel(event, context);
    case 'commented':
      return routeComment(event, context);
    case 'reviewed':
      return routeReview(event, context);
    case 'button':
      return routeButton(event, context);
    case 'dispatched':
      return routeDispatch(event, context);
    case 'ci_failed':
      return routeCi(event, context);
    case 'pull_request':
      return routePullRequest(event, context);
    case 'revert_pushed':
      return [{ kind: 'reverted', tenant: event.tenant, pullRequests: [], commits: event.commits }];
    case 'repository':
    case 'other':
      return [];
  }
}

async function routeComment(event: CommentedEvent, context: RouteContext): Promise<Routed[]> {
  const { comment, tenant, thread, sender } = event;
  if (sender?.id !== comment.author.id) return [ignored('the comment was not sent by its author')];
  return routeCommands(
    {
      tenant,
      thread,
      source: { kind: 'comment', id: comment.id },
      nodeId: comment.nodeId,
      author: comment.author,
      body: comment.body,
      at: comment.createdAt,
    },
    context,
  );
}

/** The App hears of check suites, the Action (whose suites start no workflow) of workflow runs. */
async function routeCi(event: CiFailedEvent, context: RouteContext): Promise<Routed[]> {
  const { deps } = context;
  const heard = deps.github.identity.appId === null ? 'workflow_run' : 'check_suite';
  if (event.event !== heard) return [];
  const at = event.at ?? deps.now.toISOString();
  const routed: Routed[] = [];
  for (const pullRequest of event.pullRequests) {
    if (!(await deps.isOwnPullRequest(pullRequest))) continue;
    const { tenant, headSha } = event;
    routed.push({ kind: 'ci', tenant, pullRequest, headSha, key: `ci:${event.id}:${at}`, at });
  }
  return routed;
}

async function routePullRequest(event: PullRequestEvent, context: RouteContext): Promise<Routed[]> {
  const { tenant, thread } = event;
  const isOwn = await context.deps.isOwnPullRequest(thread.number);
  const pullRequests = event.isMerged ? revertedPullRequests(thread.body, tenant) : [];
  const followed: Routed = { kind: 'pull_request', event, isOwn };
  return pullRequests.length === 0
    ? [followed]
    : [followed, { kind: 'reverted', tenant, pullRequests, commits: [] }];
}

function isStartedBy(asked: readonly Routed[], bound: Routed): boolean {
  return (
    bound.kind === 'run' &&
    asked.some(
      (other) =>
        other.kind === 'run' &&
        other.order.work.kind === bound.order.work.kind &&
        other.order.work.name === bound.order.work.name,
    )
  );
}

function silenceReason({ kind, event, action }: TenantEvent): string {
  if (kind === 'commented' || kind === 'reviewed') return `${event}: has no command`;
  if (kind === 'labeled') return 'the label starts no agent and no flow';
  if (event === 'issue_comment' && action === 'edited') return 'an edited comment is never read';
  return `nothing is bound to ${action === null ? event : `${event}.${action}`}`;
}

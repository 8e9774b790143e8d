import { z } from 'zod';
import { isAgentName } from '../domain/agent.ts';
import { messageOf } from '../domain/errors.ts';
import { isPlainObject } from '../domain/json.ts';
import type { EventOrigin, MusterEvent, TenantEvent, Thread } from './event.ts';
import { readInstallation } from './installation.ts';
import { readOrigin, toActor } from './origin.ts';
import * as payloads from './payload.ts';
import { revertedCommits } from './reverts.ts';
import { shapeProblem } from './shape.ts';

type Payload = Record<string, unknown>;

const FAILED = new Set(['failure', 'timed_out', 'startup_failure']);
const REVIEW_STATES = z.enum(['approved', 'changes_requested', 'commented']);
const REPOSITORY_CHANGES = z.enum(['transferred', 'privatized', 'publicized', 'renamed', 'deleted']);
const PULL_REQUEST_CHANGES = z.enum(['opened', 'reopened', 'synchronize', 'closed']);

/**
 * What a webhook, or a runner's event file, says, as far as Muster uses it. Foreign data is checked here
 * and nowhere else: what hasn't the form of its event is `ignored` with `malformed: …`. Never throws.
 * `deliveryId` keeps two equal dispatches apart; a redelivery keeps its id.
 */
export function readEvent(event: string, payload: unknown, deliveryId: string | null = null): MusterEvent {
  if (!isPlainObject(payload)) return ignored(`malformed: ${event}: is no JSON object`);
  const problem = shapeProblem(event, payload);
  if (problem !== null) return ignored(`malformed: ${problem}`);
  try {
    if (event === 'installation' || event === 'installation_repositories') return readInstallation(payload);
    if (!isPlainObject(payload.repository)) return ignored(`${event} names no repository`);
    return readTenantEvent(readOrigin(event, payload), payload, deliveryId);
  } catch (error) {
    return ignored(`malformed: ${event}: ${describe(error)}`);
  }
}

function readTenantEvent(origin: EventOrigin, payload: Payload, deliveryId: string | null): TenantEvent {
  const { action } = origin;
  switch (origin.event) {
    case 'issues':
    case 'pull_request':
      if (action === 'labeled') {
        const { label } = payloads.labeled.parse(payload);
        return { ...origin, kind: 'labeled', thread: threadOf(origin), label: label.name };
      }
      return origin.event === 'issues' ? other(origin) : readPullRequest(origin, payload);
    case 'issue_comment':
      return action === 'created' ? readComment(origin, payload) : other(origin);
    case 'pull_request_review':
      return action === 'submitted' ? readReview(origin, payload) : other(origin);
    case 'check_run':
      return readCheckRun(origin, payload);
    case 'check_suite':
    case 'workflow_run':
      return readFinished(origin, payload[origin.event]);
    case 'repository': {
      const change = REPOSITORY_CHANGES.safeParse(action);
      return change.success ? { ...origin, kind: 'repository', change: change.data } : other(origin);
    }
    case 'push':
      return readPush(origin, payload);
    case 'repository_dispatch':
      return action === 'muster' ? readDispatch(origin, payload, deliveryId) : other(origin);
    default:
      return other(origin);
  }
}

function readPullRequest(origin: EventOrigin, payload: Payload): TenantEvent {
  const change = PULL_REQUEST_CHANGES.safeParse(origin.action);
  if (!change.success) return other(origin);
  const { head, merged } = payloads.pullRequest.parse(payload.pull_request);
  return {
    ...origin,
    kind: 'pull_request',
    change: change.data,
    thread: threadOf(origin),
    headSha: head.sha,
    isMerged: merged ?? false,
  };
}

function readComment(origin: EventOrigin, payload: Payload): TenantEvent {
  const { comment } = payloads.commented.parse(payload);
  return {
    ...origin,
    appId: comment.performed_via_github_app?.id ?? null,
    kind: 'commented',
    thread: threadOf(origin),
    comment: {
      id: comment.id,
      nodeId: comment.node_id,
      body: comment.body,
      author: toActor(comment.user),
      createdAt: comment.created_at,
    },
  };
}

function readReview(origin: EventOrigin, payload: Payload): TenantEvent {
  const { review } = payloads.reviewed.parse(payload);
  const { head } = payloads.pullRequest.parse(payload.pull_request);
  return {
    ...origin,
    kind: 'reviewed',
    thread: threadOf(origin),
    headSha: head.sha,
    review: {
      id: review.id,
      nodeId: review.node_id,
      body: review.body ?? '',
      author: toActor(review.user),
      state: REVIEW_STATES.parse(review.state.toLowerCase()),
      commitSha: review.commit_id ?? null,
      submittedAt: review.submitted_at,
    },
  };
}

function readCheckRun(origin: EventOrigin, payload: Payload): TenantEvent {
  const { check_run: check, requested_action: button } = payloads.checkRun.parse(payload);
  const base = {
    ...origin,
    appId: check.app?.id ?? null,
    thread: threadOfCheck(origin, check.pull_requests),
  };
  if (origin.action !== 'requested_action' || !button) return other(base);
  return {
    ...base,
    kind: 'button',
    checkRunId: check.id,
    identifier: button.identifier,
    externalId: check.external_id ?? '',
    headSha: check.head_sha,
  };
}

function readFinished(origin: EventOrigin, payload: unknown): TenantEvent {
  const read = payloads.finished.parse(payload);
  const base = {
    ...origin,
    appId: read.app?.id ?? null,
    thread: threadOfCheck(origin, read.pull_requests),
  };
  if (origin.action !== 'completed' || !FAILED.has(read.conclusion ?? '')) return other(base);
  const pullRequests = ownPullRequests(origin, read.pull_requests);
  return { ...base, kind: 'ci_failed', id: read.id, headSha: read.head_sha, pullRequests };
}

function readPush(origin: EventOrigin, payload: Payload): TenantEvent {
  const pushed = payloads.pushed.safeParse(payload);
  if (!pushed.success) return other(origin);
  const { ref, repository, commits } = pushed.data;
  const taken = revertedCommits(commits.map(({ message }) => message));
  const isDefault = ref === `refs/heads/${repository.default_branch}`;
  return isDefault && taken.length > 0 ? { ...origin, kind: 'revert_pushed', commits: taken } : other(origin);
}

function readDispatch(origin: EventOrigin, payload: Payload, deliveryId: string | null): TenantEvent {
  const { client_payload: asked } = payloads.dispatched.parse(payload);
  const name = asked.agent ?? asked.flow ?? '';
  if (!isAgentName(name)) throw new TypeError('client_payload names no `agent` or `flow`');
  const number = asked.pull_request ?? asked.issue;
  const kind = asked.pull_request === undefined ? 'issue' : 'pull_request';
  return {
    ...origin,
    kind: 'dispatched',
    thread: number === undefined ? null : { kind, number, nodeId: null, body: '', author: null },
    work: { kind: asked.agent === undefined ? 'flow' : 'agent', name },
    request: asked.request?.trim() || null,
    key: `api:${deliveryId ?? origin.digest}`,
  };
}

function other(origin: EventOrigin): TenantEvent {
  return { ...origin, kind: 'other' };
}

function threadOf(origin: EventOrigin): Thread {
  if (origin.thread === null) throw new TypeError('names no issue or pull request');
  return origin.thread;
}

type PullRequests = z.output<typeof payloads.finished>['pull_requests'];

/** A check on a fork's head lists pull requests of the fork too, whose numbers mean nothing here. */
function ownPullRequests(origin: EventOrigin, list: PullRequests): number[] {
  return (list ?? []).filter(({ base }) => base.repo.id === origin.tenant.id).map(({ number }) => number);
}

function threadOfCheck(origin: EventOrigin, list: PullRequests): Thread | null {
  const [number] = ownPullRequests(origin, list);
  return number === undefined
    ? origin.thread
    : { kind: 'pull_request', number, nodeId: null, body: '', author: null };
}

function describe(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error);
  const [issue] = error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'has another form'}`;
}

function ignored(reason: string): MusterEvent {
  return { kind: 'ignored', reason };
}

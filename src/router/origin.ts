import type { z } from 'zod';
import type { Actor } from '../domain/actor.ts';
import { digestOf } from '../domain/digest.ts';
import { isPlainObject } from '../domain/json.ts';
import type { EventOrigin, Thread } from './event.ts';
import * as payloads from './payload.ts';

type Payload = Record<string, unknown>;
type User = z.output<typeof payloads.user>;

/** What every event of a repository says. Throws `ZodError` where the payload has another form. */
export function readOrigin(event: string, payload: Payload): EventOrigin {
  const { action, repository, installation, sender } = payloads.envelope.parse(payload);
  const { installation: _left, ...sameOnEveryHost } = payload;
  return {
    event,
    action: action ?? null,
    tenant: {
      id: repository.id,
      owner: repository.owner.login,
      name: repository.name,
      installationId: installation?.id ?? null,
    },
    sender: toActor(sender),
    appId: null,
    thread: readThread(payload),
    at: newestTime(payload),
    digest: digestOf(sameOnEveryHost),
  };
}

/** An account as GitHub names it; null for a deleted one. */
export function toActor(user: User): Actor;
export function toActor(user: User | null | undefined): Actor | null;
export function toActor(user: User | null | undefined): Actor | null {
  if (user === null || user === undefined) return null;
  return { id: user.id, login: user.login, isBot: user.type === 'Bot' || user.login.endsWith('[bot]') };
}

/** Issue events of pull requests say so by a key of the issue; discussions have numbers of their own. */
function readThread(payload: Payload): Thread | null {
  if (isPlainObject(payload.pull_request)) {
    return toThread('pull_request', payloads.pullRequest.parse(payload.pull_request));
  }
  if (!isPlainObject(payload.issue)) return null;
  const issue = payloads.issue.parse(payload.issue);
  return toThread(isPlainObject(issue.pull_request) ? 'pull_request' : 'issue', issue);
}

function toThread(
  kind: Thread['kind'],
  from: Pick<z.output<typeof payloads.issue>, 'number' | 'node_id' | 'body' | 'user'>,
): Thread {
  return {
    kind,
    number: from.number,
    nodeId: from.node_id,
    body: from.body ?? '',
    author: toActor(from.user),
  };
}

/** From the most particular object of a payload to the most general. */
const TIMED = [
  'comment',
  'review',
  'check_run',
  'check_suite',
  'workflow_job',
  'workflow_run',
  'deployment_status',
  'deployment',
  'release',
  'discussion',
  'issue',
  'pull_request',
];
const TIMES = ['updated_at', 'submitted_at', 'completed_at', 'published_at', 'created_at', 'started_at'];

/** The newest of the times that the most particular object carries. */
function newestTime(payload: Payload): string | null {
  const timed = TIMED.map((key) => payload[key]).find(isPlainObject);
  if (timed === undefined) return null;
  const times = TIMES.map((key) => timed[key]).filter(
    (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  );
  return (
    times
      .map((value) => new Date(String(value)).toISOString())
      .sort()
      .at(-1) ?? null
  );
}

import type { IncomingEvent } from '../../app.ts';
import { isPlainObject } from '../../domain/json.ts';
import type { Subject } from '../../domain/subject.ts';
import type { Runner } from '../env.ts';

/** What a job is to do: hand its event on, or start one agent on the event's issue or pull request. */
export type JobOrder =
  | { kind: 'event'; event: IncomingEvent; subject: Subject | null }
  | { kind: 'agent'; agent: string; subject: Subject }
  /** A job that can't do what its inputs ask: the workflow needs a change. */
  | { kind: 'unfit'; reason: string }
  | { kind: 'ignored'; reason: string };

/** Decides it from the `agent` input and the payload of the runner's event file, which is data of others. */
export function orderOf(
  runner: Pick<Runner, 'event' | 'run'>,
  payload: unknown,
  agent: string | null,
): JobOrder {
  const { name } = runner.event;
  if (!isPlainObject(payload)) return { kind: 'unfit', reason: 'the event file holds no JSON object' };
  const subject = subjectOf(payload);
  if (agent !== null) return subject === null ? noSubject(name) : { kind: 'agent', agent, subject };
  if (name === 'pull_request_review') {
    // The workflow of a review is the pull request's own, so whoever pushed to it wrote what runs here.
    const reason = 'a review runs the workflow of its pull request; decide with a comment, e.g. `/approve`';
    return { kind: 'ignored', reason };
  }
  const id = `action:${runner.run.id}:${runner.run.attempt}`;
  return { kind: 'event', event: { id, name: webhookName(name), payload }, subject };
}

/** GitHub sends one webhook; which of the two starts a workflow only decides on whose token and files. */
function webhookName(name: string): string {
  return name === 'pull_request_target' ? 'pull_request' : name;
}

function noSubject(event: string): JobOrder {
  const reason =
    `\`agent\` needs an issue or a pull request, and \`${event}\` names none. ` +
    'Let the workflow have an input `issue` or `pull_request` with its number.';
  return { kind: 'unfit', reason };
}

/** The event's own issue or pull request, or the number that a dispatch gives in its inputs. */
function subjectOf(payload: Record<string, unknown>): Subject | null {
  const { pull_request: pullRequest, issue } = payload;
  if (isPlainObject(pullRequest)) return numbered('pull_request', pullRequest.number);
  if (isPlainObject(issue)) {
    return numbered(isPlainObject(issue.pull_request) ? 'pull_request' : 'issue', issue.number);
  }
  const given = [payload.inputs, payload.client_payload].find(isPlainObject) ?? {};
  return numbered('pull_request', given.pull_request) ?? numbered('issue', given.issue);
}

function numbered(kind: Subject['kind'], number: unknown): Subject | null {
  const text = typeof number === 'number' || typeof number === 'string' ? String(number).trim() : '';
  return /^[1-9]\d{0,9}$/.test(text) ? { kind, number: Number(text) } : null;
}

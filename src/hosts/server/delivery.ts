import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { isPlainObject } from '../../domain/json.ts';
import type { TenantId } from '../../domain/tenant.ts';

/** A webhook delivery that GitHub signed. */
export interface Delivery {
  /** `X-GitHub-Delivery`: the same when GitHub delivers again. */
  id: string;
  /** `X-GitHub-Event`. */
  name: string;
  payload: Record<string, unknown>;
  /** The bytes that were signed, UTF-8 JSON. */
  raw: Buffer;
}

/** The two headers that name a delivery, or what is wrong with them. */
export function readNames(
  headers: IncomingHttpHeaders,
): { kind: 'named'; id: string; name: string } | { kind: 'malformed'; header: string } {
  const id = headers['x-github-delivery'];
  const name = headers['x-github-event'];
  if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id))
    return { kind: 'malformed', header: 'X-GitHub-Delivery' };
  if (typeof name !== 'string' || !/^[a-z][a-z0-9_]{0,63}$/.test(name)) {
    return { kind: 'malformed', header: 'X-GitHub-Event' };
  }
  return { kind: 'named', id, name };
}

/** The payload of a verified body, or why it is none: not UTF-8, not JSON, not an object. */
export function readPayload(
  raw: Buffer,
): { kind: 'payload'; payload: Record<string, unknown> } | { kind: 'malformed'; problem: string } {
  if (!isUtf8(raw)) return { kind: 'malformed', problem: 'the body is not UTF-8' };
  try {
    const payload: unknown = JSON.parse(raw.toString('utf8'));
    if (isPlainObject(payload)) return { kind: 'payload', payload };
    return { kind: 'malformed', problem: 'the body is not a JSON object' };
  } catch {
    return { kind: 'malformed', problem: 'the body is not JSON' };
  }
}

/** Whose delivery it is: the repository that it speaks of, where it speaks of one. */
export function tenantOf({ repository }: Record<string, unknown>): { tenantId?: TenantId } {
  if (!isPlainObject(repository) || !Number.isSafeInteger(repository['id'])) return {};
  return { tenantId: Number(repository['id']) };
}

/** Objects that an event's payload has, and those that tell another event apart from it. */
interface Shape {
  has: readonly string[];
  hasNot?: readonly string[];
}

const SHAPES: Record<string, Shape> = {
  check_run: { has: ['check_run'], hasNot: ['deployment_status'] },
  check_suite: { has: ['check_suite'], hasNot: ['check_run'] },
  deployment: { has: ['deployment'], hasNot: ['deployment_status'] },
  deployment_status: { has: ['deployment', 'deployment_status'] },
  discussion: { has: ['discussion'], hasNot: ['comment'] },
  discussion_comment: { has: ['discussion', 'comment'] },
  installation: { has: ['installation'] },
  installation_repositories: { has: ['installation'] },
  issue_comment: { has: ['issue', 'comment'] },
  issues: { has: ['issue'], hasNot: ['comment'] },
  pull_request: { has: ['pull_request'], hasNot: ['review', 'comment', 'thread'] },
  pull_request_review: { has: ['pull_request', 'review'] },
  pull_request_review_comment: { has: ['pull_request', 'comment'] },
  push: { has: ['repository'], hasNot: ['issue', 'pull_request'] },
  release: { has: ['release'] },
  repository: { has: ['repository'], hasNot: ['issue', 'pull_request'] },
  repository_dispatch: { has: ['repository'], hasNot: ['issue', 'pull_request'] },
  workflow_run: { has: ['workflow_run'] },
};

/**
 * True where the payload has the shape of the event that the header names. The signature covers the body
 * only, so a replayed body could otherwise be passed off as another event. Events that nothing here relies
 * on pass.
 */
export function agreesWithShape(name: string, payload: Record<string, unknown>): boolean {
  const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
  if (shape === undefined) return true;
  const { has, hasNot = [] } = shape;
  return (
    has.every((key) => Object.hasOwn(payload, key) && isPlainObject(payload[key])) &&
    !hasNot.some((key) => Object.hasOwn(payload, key))
  );
}

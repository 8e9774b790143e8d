import { isPlainObject } from '../../../domain/json.ts';

type Payload = Record<string, unknown>;

/**
 * The payload as if what happened at `at` (ISO 8601; null leaves it as it is) had happened at `now`: a stored
 * event is older than Muster would take. Every `…_at` moves by the same time.
 */
export function moveToNow(payload: Payload, at: string | null, now: Date): Payload {
  if (at === null) return payload;
  const shifted = shiftTimes(payload, now.getTime() - Date.parse(at));
  return isPlainObject(shifted) ? shifted : payload;
}

/** What of the payload the simulated GitHub has otherwise; null leaves the payload's. */
export interface Fit {
  installationId: number;
  /** The head of the payload's pull request: the commit that it names is nowhere to be had. */
  headSha: string | null;
}

/** The payload with the simulated world's own installation and head. */
export function fitPayload(payload: Payload, { installationId, headSha }: Fit): Payload {
  const { pull_request: pull, review } = payload;
  return {
    ...payload,
    ...(isPlainObject(payload.repository) ? { installation: { id: installationId } } : {}),
    ...(headSha !== null && isPlainObject(pull) && isPlainObject(pull.head)
      ? { pull_request: { ...pull, head: { ...pull.head, sha: headSha } } }
      : {}),
    ...(headSha !== null && isPlainObject(review) ? { review: { ...review, commit_id: headSha } } : {}),
  };
}

function shiftTimes(value: unknown, shiftMs: number): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => shiftTimes(item, shiftMs));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key.endsWith('_at') ? shiftTime(inner, shiftMs) : shiftTimes(inner, shiftMs),
    ]),
  );
}

function shiftTime(value: unknown, shiftMs: number): unknown {
  const time = typeof value === 'string' ? Date.parse(value) + shiftMs : Number.NaN;
  // Beyond what a date can hold, as a hostile payload may have it.
  if (!(Math.abs(time) < 8.64e15)) return value;
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

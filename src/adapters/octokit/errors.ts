import { isPlainObject } from '../../domain/json.ts';
import { messageOf, MusterError } from '../../domain/errors.ts';

const MAX_WORDS_LENGTH = 500;
const SECONDARY_LIMIT_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;

/** What of a failed call may be told: no header, body, token or filled-in URL. */
export interface FailedCall {
  method: string;
  /** The template, e.g. `/repos/{owner}/{repo}/issues`. */
  route: string;
  now: number;
}

interface Answer {
  status: number;
  headers: Record<string, string | number | undefined>;
  data: unknown;
}

type GitHubCode =
  | 'github_unauthorized'
  | 'github_forbidden'
  | 'github_limited'
  | 'github_not_found'
  | 'github_invalid'
  | 'github_unavailable';

/**
 * Any failure of a GitHub call as `MusterError`, codes as in ports/github.ts. `value` is
 * `{ status, method, route, retryAfterMs? }`. The failure itself is not kept as `cause`: Octokit's errors
 * carry the request's headers and body.
 */
export function toGitHubError(error: unknown, call: FailedCall): MusterError {
  if (error instanceof MusterError) return error;
  const graphqlErrors = graphqlErrorsOf(error);
  if (graphqlErrors !== null) return graphqlFailure(graphqlErrors, call);
  const answer = answerOf(error);
  if (answer === null) {
    return failure('github_unavailable', messageOf(error), { ...call, status: 0, retryAfterMs: null });
  }
  return answerFailure(answer, call);
}

/** An answer that is a failure though Octokit let it through, such as a redirect that leads nowhere. */
export function answerFailure(answer: Answer, call: FailedCall): MusterError {
  const { status } = answer;
  const words = wordsOf(answer.data) || `answered ${status}`;
  const retryAfterMs = isLimit(answer, words) ? waitOf(answer, call.now) : null;
  const code = retryAfterMs === null ? codeOf(status, words) : 'github_limited';
  return failure(code, words, { ...call, status, retryAfterMs });
}

function codeOf(status: number, words: string): GitHubCode {
  if (status === 401) return 'github_unauthorized';
  if (status === 403 || status === 451) return 'github_forbidden';
  if (status === 404 || status === 410 || (status >= 300 && status < 400)) return 'github_not_found';
  // Of the refs and objects of a repository in which nobody has committed anything yet.
  if (status === 409 && /repository is empty/i.test(words)) return 'github_not_found';
  if (status === 408 || status >= 500) return 'github_unavailable';
  return 'github_invalid';
}

function isLimit(answer: Answer, words: string): boolean {
  if (answer.status === 429) return true;
  if (answer.status !== 403) return false;
  return (
    answer.headers['retry-after'] !== undefined ||
    String(answer.headers['x-ratelimit-remaining']) === '0' ||
    /secondary rate limit|abuse detection/i.test(words)
  );
}

function waitOf(answer: Answer, now: number): number {
  const retryAfterMs = Number(answer.headers['retry-after']) * 1000;
  const resetMs = Number(answer.headers['x-ratelimit-reset']) * 1000 - now;
  const isSpent = String(answer.headers['x-ratelimit-remaining']) === '0';
  const waitMs = retryAfterMs > 0 ? retryAfterMs : isSpent && resetMs > 0 ? resetMs : SECONDARY_LIMIT_WAIT_MS;
  return Math.min(Math.max(Math.ceil(waitMs), 1000), LONGEST_WAIT_MS);
}

function failure(
  code: GitHubCode,
  words: string,
  about: FailedCall & { status: number; retryAfterMs: number | null },
): MusterError {
  const { method, route, status, retryAfterMs } = about;
  return new MusterError(code, `${method} ${route}: ${words.slice(0, MAX_WORDS_LENGTH)}`, {
    value: { status, method, route, ...(retryAfterMs === null ? {} : { retryAfterMs }) },
    isRetryable: code === 'github_limited' || code === 'github_unavailable',
  });
}

function answerOf(error: unknown): Answer | null {
  if (!(error instanceof Error) || !('response' in error) || !isPlainObject(error.response)) return null;
  const { status, headers, data } = error.response;
  if (typeof status !== 'number') return null;
  return { status, headers: isPlainObject(headers) ? (headers as Answer['headers']) : {}, data };
}

/** GitHub's own words: the message, then what is wrong with which field. */
function wordsOf(data: unknown): string {
  if (typeof data === 'string') return data.startsWith('<') ? '' : data;
  if (!isPlainObject(data)) return '';
  const details = Array.isArray(data.errors) ? data.errors.map(detailOf) : [];
  return [typeof data.message === 'string' ? data.message : '', ...details].filter(Boolean).join('; ');
}

function detailOf(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  if (!isPlainObject(detail)) return '';
  if (typeof detail.message === 'string') return detail.message;
  return [detail.resource, detail.field, detail.code].filter((part) => typeof part === 'string').join(' ');
}

/** GraphQL answers 200 with `errors`: on the error itself, or in the response where a limit was hit. */
function graphqlErrorsOf(error: unknown): Record<string, unknown>[] | null {
  if (!(error instanceof Error)) return null;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.filter(isPlainObject);
  const response = 'response' in error && isPlainObject(error.response) ? error.response : null;
  const data = response !== null && response.status === 200 ? response.data : null;
  return isPlainObject(data) && Array.isArray(data.errors) ? data.errors.filter(isPlainObject) : null;
}

function graphqlFailure(errors: Record<string, unknown>[], call: FailedCall): MusterError {
  const words = errors.map(detailOf).join('; ');
  const code = graphqlCode(
    errors.map(({ type }) => type),
    words,
  );
  const retryAfterMs = code === 'github_limited' ? SECONDARY_LIMIT_WAIT_MS : null;
  return failure(code, words, { ...call, status: 200, retryAfterMs });
}

function graphqlCode(types: unknown[], words: string): GitHubCode {
  if (types.includes('RATE_LIMITED') || /secondary rate limit/i.test(words)) return 'github_limited';
  if (types.includes('FORBIDDEN') || types.includes('INSUFFICIENT_SCOPES')) return 'github_forbidden';
  if (types.includes('NOT_FOUND')) return 'github_not_found';
  return /something went wrong|timed? ?out/i.test(words) ? 'github_unavailable' : 'github_invalid';
}

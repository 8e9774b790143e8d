import { APICallError, InvalidPromptError, StreamProviderError, UnsupportedFunctionalityError } from 'ai';
import { MusterError } from '../../domain/errors.ts';
import { isPlainObject } from '../../domain/json.ts';
import type { ModelFailure } from '../../ports/model.ts';
import { retryAfterMs } from './retry-after.ts';

/** What an error shows of itself that a decision can stand on. */
interface Evidence {
  status: number | null;
  /** The provider's own code or type, e.g. `insufficient_quota`. */
  code: string | null;
  /** All that it says, in lower case: read, never shown. */
  text: string;
  headers: Record<string, string | undefined>;
}

const RETRYABLE: Record<ModelFailure, boolean> = {
  authentication: false,
  quota: false,
  rate_limited: true,
  overloaded: true,
  context_too_long: false,
  invalid_request: false,
  connection: true,
  aborted: false,
};

const SAYS: Record<ModelFailure, string> = {
  authentication: 'refused the key',
  quota: 'says that the account has no credit left',
  rate_limited: 'limits the rate of calls',
  overloaded: 'is overloaded or failed',
  context_too_long: 'says that the context is too long for the model',
  invalid_request: 'refused the request',
  connection: 'broke off or could not be reached',
  aborted: 'was aborted',
};

const QUOTA =
  /insufficient_(quota|balance|credits?|funds)|billing_(error|hard_limit_reached|not_active)|credit balance is too low|exceeded_current_quota/;

/** Google answers 400 to a wrong key. */
const WRONG_KEY = /api_key_invalid|invalid_api_key/;

const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

const CONTEXT =
  /context_length_exceeded|exceed_context_size|request_too_large|prompt is too long|maximum context length|exceeds? (the )?(model'?s )?(maximum|available) context|exceed context limit|context window|input token count .{0,40}exceeds/;

/**
 * The port's error for anything that a model call threw. Providers quote keys and prompts in their messages,
 * and the SDK keeps whole requests on its errors: nothing of them is passed on but the status, the code and
 * the time to wait, and the error has no `cause`.
 */
export function toModelError(error: unknown, model: string, signal: AbortSignal): MusterError {
  if (error instanceof MusterError) return error;
  if (signal.aborted) return abortedError();
  const evidence = evidenceOf(error);
  const failure = failureOf(error, evidence);
  const waitMs = retryAfterMs(evidence.headers, evidence.text);
  return modelError(failure, model, {
    ...(evidence.status === null ? {} : { status: evidence.status }),
    ...(waitMs === null ? {} : { retryAfterMs: waitMs }),
    ...(mayBeBilled(error, evidence, failure) ? { mayBeBilled: true } : {}),
    code: evidence.code,
  });
}

/** The caller's signal ended the call. */
export function abortedError(): MusterError {
  return new MusterError('model_aborted', 'The model call was aborted');
}

/** The stream ended without an end: what came may be half of it. */
export function interruptedError(model: string): MusterError {
  return modelError('connection', model, { mayBeBilled: true, code: 'interrupted_stream' });
}

/** The provider ended the reply as failed without an error, e.g. Gemini's malformed tool call. */
export function failedReplyError(model: string): MusterError {
  return modelError('overloaded', model, { mayBeBilled: true, code: 'failed_reply' });
}

/** A provider without a key, or one that there is not. */
export function noProviderError(model: string, providers: readonly string[]): MusterError {
  const present = providers.length === 0 ? 'none' : providers.join(', ');
  return new MusterError('model_authentication', `No key for the provider of ${model}; keys: ${present}`);
}

function modelError(
  failure: ModelFailure,
  model: string,
  facts: { status?: number; retryAfterMs?: number; mayBeBilled?: boolean; code: string | null },
): MusterError {
  const { code, ...value } = facts;
  const provider = model.split('/', 1)[0] ?? model;
  const details = [value.status === undefined ? null : `HTTP ${value.status}`, code].filter(
    (detail) => detail !== null,
  );
  const suffix = details.length === 0 ? '' : ` (${details.join(', ')})`;
  return new MusterError(`model_${failure}`, `${provider} ${SAYS[failure]}${suffix}`, {
    value,
    isRetryable: RETRYABLE[failure],
  });
}

function failureOf(error: unknown, { status, text }: Evidence): ModelFailure {
  if (UnsupportedFunctionalityError.isInstance(error) || InvalidPromptError.isInstance(error)) {
    return 'invalid_request';
  }
  if (status === 402 || QUOTA.test(text)) return 'quota';
  if (status === 401 || status === 403 || WRONG_KEY.test(text)) return 'authentication';
  if (status === 429) return 'rate_limited';
  if (status === 413 || (!isServerFault(status) && CONTEXT.test(text))) return 'context_too_long';
  if (status === 409 || isServerFault(status)) return 'overloaded';
  if (status === 408) return 'connection';
  return status === null ? failureWithoutStatus(text) : 'invalid_request';
}

/** Errors in a stream may come without a status, and with a word instead. */
function failureWithoutStatus(text: string): ModelFailure {
  if (text.includes('rate_limit')) return 'rate_limited';
  return /overloaded|server_error|internal_error/.test(text) ? 'overloaded' : 'connection';
}

/** An answer with an error status was no work, nor was a call that never arrived. */
function mayBeBilled(error: unknown, { status, code }: Evidence, failure: ModelFailure): boolean {
  const isRefused = APICallError.isInstance(error) && status !== null;
  return !isRefused && failure !== 'invalid_request' && !NEVER_ARRIVED.has(code ?? '');
}

function isServerFault(status: number | null): boolean {
  return status !== null && status >= 500;
}

function evidenceOf(error: unknown): Evidence {
  if (APICallError.isInstance(error)) {
    const text = `${error.message}\n${error.responseBody ?? ''}`.toLowerCase();
    // A body that could not be read comes as an error with the status of its success.
    const status = error.statusCode !== undefined && error.statusCode >= 400 ? error.statusCode : null;
    const code = codeIn(error.data) ?? networkCode(error.cause);
    return { status, code, text, headers: error.responseHeaders ?? {} };
  }
  if (StreamProviderError.isInstance(error)) {
    const code = shownCode(error.code) ?? shownCode(error.type);
    const text = `${error.message}\n${error.code ?? ''}\n${error.type ?? ''}`.toLowerCase();
    return { status: error.statusCode ?? null, code, text, headers: {} };
  }
  return { status: null, code: error instanceof Error ? shownCode(error.name) : null, text: '', headers: {} };
}

/** Why a server could not be reached, e.g. `ECONNREFUSED`, which `fetch` puts a cause or two down. */
function networkCode(cause: unknown): string | null {
  if (!(cause instanceof Error)) return null;
  return ('code' in cause ? shownCode(cause.code) : null) ?? networkCode(cause.cause);
}

/** Providers put the error at the top or under `error`, and call its kind `code`, `type` or `status`. */
function codeIn(data: unknown): string | null {
  const outer = isPlainObject(data) ? data : {};
  const inner = isPlainObject(outer['error']) ? outer['error'] : outer;
  return shownCode(inner['code']) ?? shownCode(inner['type']) ?? shownCode(inner['status']);
}

/** A short machine word and nothing else, since it is shown to people. */
function shownCode(code: unknown): string | null {
  return typeof code === 'string' && /^[a-z][a-z_]{2,40}$/i.test(code) ? code : null;
}

import { ProbotOctokit } from 'probot';
import { MusterError } from '../../domain/errors.ts';
import type { Log } from '../../ports/log.ts';
import { answerFailure, type FailedCall, toGitHubError } from './errors.ts';

const REQUEST_TIMEOUT_MS = 30_000;

/** Probot's Octokit. */
export type Octokit = ProbotOctokit;

/** Puts the credentials on a request, at the moment at which it is sent. */
export interface Authorisation {
  header(): Promise<string>;
  /** GitHub said 401: whatever is cached is worth nothing. True where another may be had. */
  refused(): boolean;
}

export interface ClientOptions {
  baseUrl: string;
  authorisation: Authorisation;
  log: Log;
  now: () => number;
  /** Requests of one id are paced together (Octokit's throttling plugin); null paces nothing. */
  throttleId: string | null;
}

/**
 * An Octokit whose every failure is a `MusterError`, which retries nothing (the caller owns that), follows no
 * redirect but where a call asks for it (a followed redirect turns POST into GET) and never logs a body.
 */
export function createClient(options: ClientOptions): Octokit {
  const { baseUrl, authorisation, log, now, throttleId } = options;
  const octokit = new ProbotOctokit({
    baseUrl,
    userAgent: 'muster',
    log: octokitLog(log),
    request: { fetch: fetchInTime, redirect: 'manual' },
    retry: { enabled: false },
    throttle:
      throttleId === null
        ? { enabled: false }
        : { enabled: true, id: throttleId, onRateLimit: () => false, onSecondaryRateLimit: () => false },
    authStrategy: () => authStrategy(authorisation),
  });
  // Registered last, so outermost: it sees what every plugin made of the call.
  octokit.hook.wrap('request', async (request, parameters) => {
    const { method, url } = parameters;
    const startedAt = now();
    const call: FailedCall = { method, route: routeOf(url), now: startedAt };
    refuseDotSegments(url, parameters);
    try {
      const response = await request(parameters);
      const { status } = response;
      log.debug('github answered', { method, route: call.route, status, ms: now() - startedAt });
      if (status >= 300) throw answerFailure(response, call);
      return response;
    } catch (error) {
      throw toGitHubError(error, { ...call, now: now() });
    }
  });
  return octokit;
}

/** A GraphQL mutation. */
export async function mutate(
  octokit: Octokit,
  name: string,
  query: string,
  variables: Record<string, unknown>,
): Promise<void> {
  await askGraphql<unknown>(octokit, name, query, variables);
}

/** What GraphQL answers; errors in its answer are mapped like any other. */
export async function askGraphql<Answer>(
  octokit: Octokit,
  name: string,
  query: string,
  variables: Record<string, unknown>,
): Promise<Answer> {
  try {
    return await octokit.graphql<Answer>(query, variables);
  } catch (error) {
    throw toGitHubError(error, { method: 'POST', route: `graphql ${name}`, now: Date.now() });
  }
}

function authStrategy(authorisation: Authorisation): object {
  type Request = (parameters: Parameters) => Promise<unknown>;
  type Parameters = { headers: Record<string, string> };
  const hook = async (request: Request, parameters: Parameters): Promise<unknown> => {
    const send = async (): Promise<unknown> => {
      parameters.headers.authorization = await authorisation.header();
      return request(parameters);
    };
    try {
      return await send();
    } catch (error) {
      const isRefused = error instanceof Error && 'status' in error && error.status === 401;
      if (!isRefused || !authorisation.refused()) throw error;
      // Expired or revoked in the middle. GitHub has done nothing yet, so this is no repetition.
      return send();
    }
  };
  return Object.assign(() => Promise.resolve({ type: 'muster' }), { hook });
}

/** Inside the throttling plugin, so that the time a call waits for its turn doesn't count. */
function fetchInTime(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  return fetch(input, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
}

/**
 * `..`, `.` or nothing as a path parameter would address another resource: `DELETE …/labels` removes every
 * label of an issue. Longer texts are safe, since Octokit encodes their slashes.
 */
function refuseDotSegments(url: string, parameters: Record<string, unknown>): void {
  for (const [, name = ''] of url.matchAll(/\{(\w+)\}/g)) {
    const value = parameters[name];
    // An empty path of the Contents API is the root folder.
    const refused = name === 'path' ? ['.', '..'] : ['', '.', '..'];
    if (typeof value === 'string' && refused.includes(value)) {
      throw new MusterError('github_invalid', `${name} can't be ${JSON.stringify(value)}`, {
        value: { parameter: name },
      });
    }
  }
}

function routeOf(url: string): string {
  return URL.parse(url)?.pathname ?? url;
}

/** Probot's request log puts request bodies into `debug`, so nothing below a warning is taken. */
function octokitLog(log: Log) {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (text: unknown) => log.warn('octokit warned', { text: String(text) }),
    error: (text: unknown) => log.error('octokit failed', { text: String(text) }),
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../domain/errors.ts';
import { readText, refusal, send } from './answer.ts';
import { authenticate } from './auth.ts';
import type { Contract } from './contract.ts';
import { asGitHubError, GitHubError } from './errors.ts';
import { faultAnswer, primaryLimit, secondaryLimit } from './fault-answers.ts';
import type { Fault, Faults } from './faults.ts';
import { gitPath, serveGitRequest } from './git-door.ts';
import { executeGraphql, type GraphqlRequest } from './graphql/execute.ts';
import type { createLimiter } from './limits.ts';
import { submitManifest } from './manifest-form.ts';
import { dispatch } from './rest/dispatch.ts';
import type { RestAnswer } from './rest/request.ts';
import type { Caller, SimulatorState } from './state.ts';
import type { Webhooks } from './webhooks.ts';

/** One request as it came in and what became of it, for tests that count effects. */
export interface RequestRecord {
  method: string;
  /** With the query, without `/api/v3`. */
  path: string;
  /** Parsed JSON, or the text where it was none; undefined for git's own bytes. */
  body: unknown;
  /** Null where the connection was cut before anything happened. */
  status: number | null;
  /** Which fault struck. */
  fault: Fault['kind'] | null;
}

export interface ServerParts {
  state: SimulatorState;
  webhooks: Webhooks;
  contract: Contract;
  faults: Faults;
  limiter: ReturnType<typeof createLimiter>;
  requests: RequestRecord[];
  /** Answers of ours that broke GitHub's description; null where they are not checked. */
  violations: string[] | null;
}

/** Answers every request: git, the manifest form, GraphQL and REST, with GitHub's and the Enterprise prefixes. */
export function createRequestListener(
  parts: ServerParts,
): (req: IncomingMessage, res: ServerResponse) => void {
  let pushes: Promise<unknown> = Promise.resolve();
  return (req, res) => {
    const { state, webhooks } = parts;
    const url = new URL(req.url ?? '/', state.url);
    url.pathname =
      url.pathname.replace(/^\/api\/v3(?=\/|$)/, '').replace(/^\/api\/graphql$/, '/graphql') || '/';
    if (gitPath(url.pathname) === null) {
      const work = pushes.then(() => serveApi(parts, req, res, url));
      webhooks.track(work.catch((error: unknown) => res.destroy(asError(error))));
      return;
    }
    const work = serveGit(parts, req, res, url).catch((error: unknown) => res.destroy(asError(error)));
    webhooks.track(work);
    // A client that has pushed sees what its push did in its next request.
    if (url.pathname.endsWith('/git-receive-pack')) pushes = Promise.all([pushes, work]);
  };
}

async function serveGit(
  parts: ServerParts,
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
): Promise<void> {
  const { state, faults, requests } = parts;
  const method = req.method ?? 'GET';
  const path = `${url.pathname}${url.search}`;
  const fault = faults.take({ method, path, body: '' });
  const record: RequestRecord = { method, path, body: undefined, status: null, fault: fault?.kind ?? null };
  requests.push(record);
  if (fault?.kind === 'delay') await state.clock.sleep(fault.delayMs ?? 1000);
  const instead = fault === null ? null : faultAnswer(state, fault);
  if (fault?.kind === 'reset') res.destroy();
  else if (instead !== null) send(state, res, instead);
  else await serveGitRequest(state, req, res, url);
  record.status = res.headersSent ? res.statusCode : null;
}

async function serveApi(
  parts: ServerParts,
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
): Promise<void> {
  const { state, faults, requests } = parts;
  const method = req.method ?? 'GET';
  const text = await readText(req);
  const path = `${url.pathname}${url.search}`;
  const fault = faults.take({ method, path, body: text });
  const record: RequestRecord = {
    method,
    path,
    body: parsed(text),
    status: null,
    fault: fault?.kind ?? null,
  };
  requests.push(record);
  if (fault?.kind === 'reset') {
    res.destroy();
    return;
  }
  if (fault?.kind === 'delay') await state.clock.sleep(fault.delayMs ?? 1000);
  const instead = fault === null ? null : faultAnswer(state, fault);
  const answer = instead ?? (await answerApi(parts, req, url, record.body));
  record.status = answer.status;
  if (fault?.kind === 'reset_after_effect') res.destroy();
  else send(state, res, answer);
}

async function answerApi(
  parts: ServerParts,
  req: IncomingMessage,
  url: URL,
  body: unknown,
): Promise<RestAnswer> {
  const { state, limiter } = parts;
  const method = req.method ?? 'GET';
  let headers: Record<string, string> = {};
  try {
    if (url.pathname === '/settings/apps/new') return submitManifest(state, url, body);
    const caller = authenticate(state, req.headers.authorization);
    const limit = limiter(caller, { method, path: url.pathname });
    headers = limit.headers;
    if (limit.refusal === 'primary') throw primaryLimit();
    if (limit.refusal === 'secondary') throw secondaryLimit();
    if (typeof body === 'string') throw new GitHubError(400, 'Problems parsing JSON');
    const isGraphql = url.pathname === '/graphql';
    const answer: RestAnswer = isGraphql
      ? await executeGraphql(state, caller, body as GraphqlRequest)
      : await answerRest(parts, caller, req, url, body);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  } catch (error) {
    const known = asGitHubError(error);
    if (known !== null) return refusal(known, headers);
    return refusal(new GitHubError(500, `The simulator failed: ${messageOf(error)}`), headers);
  }
}

async function answerRest(
  parts: ServerParts,
  caller: Caller,
  req: IncomingMessage,
  url: URL,
  body: unknown,
): Promise<RestAnswer> {
  const headers = Object.fromEntries(
    Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
  );
  const answer = await dispatch(parts, caller, { method: req.method ?? 'GET', url, headers, body });
  const { contract, violations } = parts;
  const isJson = answer.text === undefined && answer.operationId !== 'moved';
  if (violations === null || !isJson) return answer;
  const sent: unknown = answer.body === undefined ? undefined : JSON.parse(JSON.stringify(answer.body));
  const found = contract.checkResponse(answer.operationId, answer.status, sent);
  if (found.length === 0 || answer.body === undefined) return answer;
  violations.push(...found.map((problem) => `${answer.operationId} ${answer.status}: ${problem}`));
  throw new Error(`answer breaks the description: ${found.join('; ')}`);
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

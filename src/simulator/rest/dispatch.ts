import { checkAccount, checkRepository } from '../authorise.ts';
import { escapeParameters, type Contract } from '../contract.ts';
import { GitHubError, notFound } from '../errors.ts';
import { findRepository, fullName, type Caller, type SimulatorState } from '../state.ts';
import type { Webhooks } from '../webhooks.ts';
import { ACCESS } from './access.ts';
import { HANDLERS, REPOSITORY_HANDLERS } from './handlers.ts';
import type { RestAnswer, RestRequest } from './request.ts';

export interface RawRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  /** Parsed JSON; undefined where the request had no body. */
  body: unknown;
}

/** An answer, and which operation gave it. */
export interface Dispatched extends RestAnswer {
  operationId: string;
}

/**
 * Answers one REST request: route, who may, what the description demands, then the handler. Throws
 * `GitHubError` for whatever GitHub would refuse, in the order in which GitHub refuses it.
 */
export async function dispatch(
  context: { state: SimulatorState; webhooks: Webhooks; contract: Contract },
  caller: Caller,
  raw: RawRequest,
): Promise<Dispatched> {
  const { state, webhooks, contract } = context;
  const path = byName(state, raw.url.pathname);
  if (path === null) throw notFound();
  const moved = formerName(state, path);
  if (moved !== null) return { operationId: 'moved', ...redirect(state, raw.url, moved) };
  const wire = {
    method: raw.method,
    path: escapeParameters(path),
    query: raw.url.search.slice(1),
    headers: { 'content-type': 'application/json', ...raw.headers },
    ...(raw.body === undefined ? {} : { body: raw.body }),
  };
  const matched = contract.match(wire);
  const access = matched === null ? undefined : ACCESS[matched.operationId];
  if (matched === null || access === undefined) throw notFound();
  const { operationId, params, query } = matched;
  const accept = raw.headers.accept ?? '';
  const request: RestRequest = {
    state,
    webhooks,
    caller,
    params,
    query,
    body: raw.body ?? {},
    accept,
    url: raw.url,
  };
  if (access.kind !== 'repository') {
    checkAccount(caller, access.kind);
    contract.checkRequest(wire, operationId);
    const handler = HANDLERS[operationId];
    if (handler === undefined) throw unanswered(operationId);
    return { operationId, ...(await handler(request)) };
  }
  const repository = findRepository(state, params.owner ?? '', params.repo ?? '');
  if (repository === null) throw notFound();
  checkRepository(state, caller, repository, access);
  contract.checkRequest(wire, operationId);
  const handler = REPOSITORY_HANDLERS[operationId];
  if (handler === undefined) throw unanswered(operationId);
  return { operationId, ...(await handler(request, repository)) };
}

/** `/repositories/{id}/…`, which survives a rename, is the same as `/repos/{owner}/{repo}/…`. */
function byName(state: SimulatorState, path: string): string | null {
  const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  if (id === undefined) return path;
  const repository = state.repositories.get(Number(id));
  return repository === undefined ? null : `/repos/${fullName(repository)}${rest}`;
}

/** GitHub answers the old name of a renamed repository with a redirect to its id. */
function formerName(state: SimulatorState, path: string): string | null {
  const [, owner = '', name = '', rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  if (owner === '' || findRepository(state, owner, name) !== null) return null;
  const old = `${owner}/${name}`.toLowerCase();
  const found = [...state.repositories.values()].find((entry) =>
    entry.formerNames.some((former) => former.toLowerCase() === old),
  );
  return found === undefined ? null : `/repositories/${found.id}${rest}`;
}

function redirect(state: SimulatorState, url: URL, path: string): RestAnswer {
  const location = `${state.url}${path}${url.search}`;
  return { status: 301, body: { message: 'Moved Permanently', url: location }, headers: { location } };
}

function unanswered(operationId: string): GitHubError {
  return new GitHubError(501, `The simulator does not answer ${operationId}`);
}

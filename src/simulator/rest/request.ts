import type { App, Repository } from '../model.ts';
import { forbidden, notFound } from '../errors.ts';
import { actorOf, type Actor, type Caller, type SimulatorState } from '../state.ts';
import type { Webhooks } from '../webhooks.ts';

/** A request that matched an operation, passed authorisation and keeps GitHub's description. */
export interface RestRequest {
  state: SimulatorState;
  webhooks: Webhooks;
  caller: Caller;
  params: Record<string, string>;
  query: Record<string, unknown>;
  /** Of the shape that the description gives: the contract has checked it. */
  body: unknown;
  accept: string;
  url: URL;
}

/** What is answered; `text` instead of `body` for what is not JSON. */
export interface RestAnswer {
  status: number;
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
}

/** A handler of an operation that no repository is named in. */
export type RestHandler = (request: RestRequest) => Promise<RestAnswer> | RestAnswer;

/** A handler of an operation on one repository. */
export type RepositoryHandler = (
  request: RestRequest,
  repository: Repository,
) => Promise<RestAnswer> | RestAnswer;

/** A numeric path parameter; the contract has checked it before. */
export function idParam(request: RestRequest, name: string): number {
  return Number(request.params[name]);
}

/** A path parameter as text. */
export function textParam(request: RestRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) throw notFound();
  return value;
}

/** A query parameter as text, undefined where it is absent. */
export function queryText(request: RestRequest, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Under whose name the request changes something. */
export function actorIn(request: RestRequest): Actor {
  const actor = actorOf(request.caller);
  if (actor === null) throw forbidden();
  return actor;
}

/** The App behind the request; 403 for people, as the Checks API answers them. */
export function appActorIn(request: RestRequest): Actor & { app: App } {
  const { user, app } = actorIn(request);
  if (app === null) throw forbidden('You must authenticate via a GitHub App.');
  return { user, app };
}

/** 200 with a body. */
export function ok(body: unknown): RestAnswer {
  return { status: 200, body };
}

/** One page of a list with GitHub's `Link` header; `wrap` for answers that carry a total count. */
export function page<Item>(
  request: RestRequest,
  items: readonly Item[],
  render: (item: Item) => unknown,
  wrap: (shown: unknown[], total: number) => unknown = (shown) => shown,
): RestAnswer {
  const size = Math.min(Math.max(Number(queryText(request, 'per_page') ?? 30), 1), 100);
  const number = Math.max(Number(queryText(request, 'page') ?? 1), 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const shown = items.slice((number - 1) * size, number * size).map(render);
  const links = [
    ...(number > 1 ? [link(request.url, number - 1, 'prev')] : []),
    ...(number < last ? [link(request.url, number + 1, 'next'), link(request.url, last, 'last')] : []),
    ...(number > 1 ? [link(request.url, 1, 'first')] : []),
  ];
  const headers: Record<string, string> = links.length === 0 ? {} : { link: links.join(', ') };
  return { status: 200, body: wrap(shown, items.length), headers };
}

function link(url: URL, number: number, relation: string): string {
  const target = new URL(url);
  target.searchParams.set('page', String(number));
  return `<${target.href}>; rel="${relation}"`;
}

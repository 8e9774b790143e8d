import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Log } from '../../ports/log.ts';
import { type Answer, refuse, send, text } from './answer.ts';
import { createWebhookEndpoint, type WebhookIntake } from './webhook.ts';

/** Where GitHub delivers. */
export const WEBHOOK_PATH = '/api/github/webhooks';

export interface FrontOptions {
  /** Null while there are no credentials. Read at each request, so that a getter can bring it later. */
  readonly webhook: WebhookIntake | null;
  /** Whether this process can do its work: database reachable, not draining. */
  isReady(): Promise<boolean>;
  /** Prometheus text. */
  metrics(): string | Promise<string>;
  /** Dashboard or set-up page; false where it has no such page. It reads no body but its own. */
  pages(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  log: Log;
  /** How long a sender may take for its headers and for its whole request. */
  limits?: { headersMs: number; requestMs: number };
}

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const DEFAULT_LIMITS = { headersMs: 10_000, requestMs: 30_000 };

/**
 * The server that stands on the network: webhooks, health, metrics, pages. It imports nothing of Probot,
 * which has no body limit and answers before a delivery is durable. The caller listens and closes.
 */
export function createFront(options: FrontOptions): Server {
  const { log, limits = DEFAULT_LIMITS } = options;
  const routes = createRoutes(options);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    answerRequest(options, routes, request, response).catch((error: unknown) => {
      log.error('request failed', { error });
      if (response.headersSent) response.destroy();
      else refuse(request, response, text(500, 'Something went wrong here; the log has the details.'));
    });
  };
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(limits.headersMs, 5000),
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
    },
    onRequest,
  );
  // Before `100 Continue` is sent, a sender can still be refused without its body.
  return server.on('checkContinue', onRequest);
}

async function answerRequest(
  options: FrontOptions,
  routes: ReadonlyMap<string, { methods: string; route: Route }>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  const found = routes.get(path);
  const method = request.method ?? '';
  if (found === undefined) {
    if (await options.pages(request, response)) return;
    return refuse(request, response, text(404, 'There is nothing here.'));
  }
  if (!found.methods.split(', ').includes(method)) {
    return refuse(request, response, text(405, 'Not by that method.', { allow: found.methods }));
  }
  await found.route(request, response);
}

function createRoutes(options: FrontOptions): ReadonlyMap<string, { methods: string; route: Route }> {
  const webhook = createWebhookEndpoint(options.log);
  const read = (answer: () => Answer | Promise<Answer>) => ({
    methods: 'GET, HEAD',
    route: async (_request: IncomingMessage, response: ServerResponse) => send(response, await answer()),
  });
  return new Map([
    [
      WEBHOOK_PATH,
      {
        methods: 'POST',
        route: (request: IncomingMessage, response: ServerResponse) =>
          webhook(request, response, options.webhook),
      },
    ],
    ['/healthz', read(() => text(200, 'alive'))],
    ['/readyz', read(async () => ((await isReady(options)) ? text(200, 'ready') : text(503, 'not ready')))],
    ['/metrics', read(async () => text(200, (await options.metrics()).trimEnd()))],
  ]);
}

async function isReady(options: FrontOptions): Promise<boolean> {
  try {
    return await options.isReady();
  } catch (error) {
    options.log.warn('readiness unknown', { error });
    return false;
  }
}

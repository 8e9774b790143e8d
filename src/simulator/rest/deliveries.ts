import { GitHubError, notFound } from '../errors.ts';
import type { Payload } from '../payloads/account.ts';
import type { Delivery } from '../webhooks.ts';
import { idParam, ok, queryText, type RestHandler, type RestRequest } from './request.ts';

/** The App's webhook: where it goes, what was delivered, and sending it again. */
export const deliveryHandlers: Record<string, RestHandler> = {
  'apps/get-webhook-config-for-app': (request) => ok(configPayload(request)),

  'apps/update-webhook-config-for-app': (request) => {
    const { url, secret } = request.body as { url?: string; secret?: string };
    const app = appOf(request);
    app.webhookUrl = url ?? app.webhookUrl;
    app.webhookSecret = secret ?? app.webhookSecret;
    return ok(configPayload(request));
  },

  'apps/list-webhook-deliveries': (request) => {
    const size = Math.min(Number(queryText(request, 'per_page') ?? 30), 100);
    const cursor = queryText(request, 'cursor');
    const wanted = queryText(request, 'status');
    const all = ownDeliveries(request)
      .filter((delivery) => wanted === undefined || (wanted === 'success') === isDelivered(delivery))
      .reverse();
    const start = cursor === undefined ? 0 : all.findIndex((delivery) => `v1_${delivery.id}` === cursor) + 1;
    const shown = all.slice(start, start + size);
    const last = shown.at(-1);
    const headers: Record<string, string> = {};
    if (last !== undefined && start + size < all.length) {
      const next = new URL(request.url);
      next.searchParams.set('cursor', `v1_${last.id}`);
      headers.link = `<${next.href}>; rel="next"`;
    }
    return { status: 200, body: shown.map(itemPayload), headers };
  },

  'apps/get-webhook-delivery': (request) => {
    const delivery = deliveryIn(request);
    return ok({
      ...itemPayload(delivery),
      url: delivery.url,
      request: { headers: delivery.headers, payload: JSON.parse(delivery.body) as unknown },
      response: { headers: {}, payload: delivery.responseBody },
    });
  },

  'apps/redeliver-webhook-delivery': (request) => {
    request.webhooks.redeliver(deliveryIn(request));
    return { status: 202, body: {} };
  },
};

function ownDeliveries(request: RestRequest): Delivery[] {
  const { id } = appOf(request);
  return request.webhooks.deliveries.filter((delivery) => delivery.appId === id);
}

function deliveryIn(request: RestRequest): Delivery {
  const id = idParam(request, 'delivery_id');
  const found = ownDeliveries(request).find((delivery) => delivery.id === id);
  if (found === undefined) throw notFound();
  return found;
}

function isDelivered(delivery: Delivery): boolean {
  return delivery.statusCode >= 200 && delivery.statusCode < 300;
}

function itemPayload(delivery: Delivery): Payload {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.isRedelivery,
    duration: delivery.durationS,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

function configPayload(request: RestRequest): Payload {
  const { webhookUrl } = appOf(request);
  return { url: webhookUrl ?? '', content_type: 'json', insecure_ssl: '0', secret: '********' };
}

function appOf({ caller }: RestRequest) {
  if (caller.kind !== 'app') throw new GitHubError(401, 'A JSON web token could not be decoded');
  return caller.app;
}

import { isPlainObject } from '../../domain/json.ts';
import { MusterError } from '../../domain/errors.ts';
import type { DeliveryFacts, HookDeliveries } from '../../ports/github.ts';
import type { Octokit } from './client.ts';
import { orNull, PAGE_SIZE } from './connection.ts';

/** GitHub's list of the App's webhook deliveries, asked as the App itself. */
export function createHookDeliveries(app: Octokit): HookDeliveries {
  return {
    async list(which, cursor) {
      const answer = await app.request('GET /app/hook/deliveries', {
        per_page: PAGE_SIZE,
        ...(which === 'failed' ? { status: 'failure' as const } : {}),
        ...(cursor === null ? {} : { cursor }),
        request: { parseSuccessResponseBody: false },
      });
      const listed = parseExactly(await textOf(answer.data));
      if (!Array.isArray(listed)) throw unreadable('the list of deliveries');
      return { deliveries: listed.flatMap(toDelivery), next: nextCursor(answer.headers.link) };
    },

    async readBody(id) {
      // A path of our own making: Octokit's parameter is a number, which rounds ids of today.
      const answer = await orNull(app.request(`GET /app/hook/deliveries/${digits(id)}`));
      const data: unknown = answer?.data;
      const request = isPlainObject(data) && isPlainObject(data.request) ? data.request : null;
      return isPlainObject(request?.payload) ? JSON.stringify(request.payload) : null;
    },
  };
}

/** JSON whose `id`s are kept as the digits that were sent: they are 64-bit, and a number would round them. */
function parseExactly(text: string): unknown {
  return JSON.parse(text, function keepId(key: string, value: unknown, context?: { source?: string }) {
    return key === 'id' && typeof value === 'number' ? (context?.source ?? String(value)) : value;
  });
}

async function textOf(body: unknown): Promise<string> {
  if (body instanceof ReadableStream) return new Response(body).text();
  throw unreadable('the list of deliveries');
}

function toDelivery(item: unknown): DeliveryFacts[] {
  if (!isPlainObject(item)) return [];
  const { id, guid, event, delivered_at: deliveredAt, status } = item;
  const isWhole =
    typeof id === 'string' &&
    typeof guid === 'string' &&
    typeof event === 'string' &&
    typeof deliveredAt === 'string' &&
    typeof status === 'string';
  return isWhole ? [{ id, guid, event, deliveredAt, status }] : [];
}

function nextCursor(link: string | undefined): string | null {
  const url = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  return URL.parse(url ?? '')?.searchParams.get('cursor') ?? null;
}

function digits(id: string): string {
  if (/^\d{1,20}$/.test(id)) return id;
  throw unreadable('a delivery’s id');
}

function unreadable(what: string): MusterError {
  return new MusterError('github_invalid', `GitHub sent ${what} in another form`);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../ports/log.ts';
import { type Answer, json, refuse, send } from './answer.ts';
import { agreesWithShape, type Delivery, readNames, readPayload } from './delivery.ts';
import { createBodyReader } from './request-body.ts';
import { isSignedBy } from './signature.ts';

/** GitHub's own limit of a payload. */
const MAX_BODY_BYTES = 25 * 1024 * 1024;
const MAX_HELD_BYTES = 10 * MAX_BODY_BYTES;

/** Where verified deliveries go. */
export interface WebhookIntake {
  secret: string;
  /** Makes the delivery durable before it resolves; a throw makes GitHub's answer 503. */
  take(delivery: Delivery): Promise<'stored' | 'duplicate'>;
}

/** Answers one webhook request; a null intake (no credentials yet) answers 503. */
export type WebhookEndpoint = (
  request: IncomingMessage,
  response: ServerResponse,
  intake: WebhookIntake | null,
) => Promise<void>;

/**
 * GitHub's deliveries, in the order that costs an attacker most and us least: headers, length, signature on
 * the raw bytes, and only then JSON. 202 means that the delivery is durable.
 */
export function createWebhookEndpoint(log: Log): WebhookEndpoint {
  const bodies = createBodyReader(MAX_BODY_BYTES, MAX_HELD_BYTES);
  const refused = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
    log.debug('webhook refused', { status: answer.status, answer: answer.text });
    refuse(request, response, answer);
  };

  return async (request, response, intake) => {
    const unread = checkHeaders(request, intake);
    if (unread.kind === 'refused') return refused(request, response, unread.answer);
    const body = await bodies.read(request, response);
    switch (body.kind) {
      case 'gone':
        return;
      case 'too_large':
        return refused(request, response, problem(413, `a payload has at most ${MAX_BODY_BYTES} bytes`));
      case 'busy':
        return refused(request, response, problem(503, 'too much is being received at once'));
      case 'body':
        break;
    }
    const { id, name } = unread;
    const read = readDelivery(request, unread.intake.secret, { id, name, raw: body.bytes });
    if (read.kind === 'refused') return refused(request, response, read.answer);
    send(response, await takeDelivery(unread.intake, read.delivery, log));
  };
}

type HeaderCheck =
  | { kind: 'accepted'; id: string; name: string; intake: WebhookIntake }
  | { kind: 'refused'; answer: Answer };

function checkHeaders(request: IncomingMessage, intake: WebhookIntake | null): HeaderCheck {
  const refuseWith = (answer: Answer): HeaderCheck => ({ kind: 'refused', answer });
  if (intake === null) return refuseWith(problem(503, 'this server has no App yet: finish its set-up'));
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    return refuseWith(problem(415, 'set the webhook’s content type to application/json'));
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return refuseWith(problem(415, 'send the body without content-encoding'));
  const names = readNames(request.headers);
  if (names.kind === 'malformed') return refuseWith(problem(400, `${names.header} is missing or malformed`));
  if (request.headers['x-hub-signature-256'] === undefined) {
    return refuseWith(problem(401, 'X-Hub-Signature-256 is missing: set a webhook secret'));
  }
  return { kind: 'accepted', id: names.id, name: names.name, intake };
}

function readDelivery(
  request: IncomingMessage,
  secret: string,
  { id, name, raw }: Omit<Delivery, 'payload'>,
): { kind: 'delivery'; delivery: Delivery } | { kind: 'refused'; answer: Answer } {
  const signature = request.headers['x-hub-signature-256'];
  if (typeof signature !== 'string' || !isSignedBy(secret, raw, signature)) {
    return { kind: 'refused', answer: problem(401, 'the signature does not match the body') };
  }
  const read = readPayload(raw);
  if (read.kind === 'malformed') return { kind: 'refused', answer: problem(400, read.problem) };
  if (!agreesWithShape(name, read.payload)) {
    return { kind: 'refused', answer: problem(400, 'the body is not that of the event in X-GitHub-Event') };
  }
  return { kind: 'delivery', delivery: { id, name, payload: read.payload, raw } };
}

async function takeDelivery(intake: WebhookIntake, delivery: Delivery, log: Log): Promise<Answer> {
  try {
    const state = await intake.take(delivery);
    return json(202, { delivery: delivery.id, state });
  } catch (error) {
    log.error('delivery not stored', {
      delivery: delivery.id,
      event: delivery.name,
      reason: messageOf(error),
    });
    return problem(503, 'the delivery could not be stored: deliver it again');
  }
}

function problem(status: number, words: string): Answer {
  return json(status, { error: words });
}

import { pino } from 'pino';
import { type ApplicationFunction, Probot } from 'probot';
import type { AppCredentials } from './credentials.ts';

/** A webhook event as Probot hands it on. */
export interface ReceivedEvent {
  id: string;
  name: string;
  payload: unknown;
}

/**
 * Muster as a Probot app, and the only place that registers webhook handlers: one for any event, because
 * what an event means is decided by routes, not by registrations.
 */
export function createProbotApp(handle: (event: ReceivedEvent) => Promise<void>): ApplicationFunction {
  return (probot) => {
    probot.onAny(({ id, name, payload }) => handle({ id, name, payload }));
  };
}

/** Feeds stored deliveries to a Probot app. */
export interface ProbotFeed {
  /** Resolves when the handlers are done; throws what they threw. */
  receive(delivery: ReceivedEvent): Promise<void>;
}

/**
 * Probot without its server: the front has verified and stored the delivery, a worker feeds it from there.
 * Probot's own log stays off, since it would write whole payloads; failures reach the caller instead.
 */
export async function createProbotFeed(options: {
  credentials: AppCredentials;
  baseUrl: string;
  app: ApplicationFunction;
}): Promise<ProbotFeed> {
  const { credentials, baseUrl, app } = options;
  const probot = new Probot({
    appId: credentials.appId,
    privateKey: credentials.privateKey,
    secret: credentials.webhookSecret,
    baseUrl,
    log: pino({ level: 'silent' }),
  });
  await probot.load(app);
  return {
    async receive({ id, name, payload }) {
      try {
        // Probot's types list every event by name; deliveries may be of events that they don't know.
        await probot.receive({ id, name, payload } as Parameters<typeof probot.receive>[0]);
      } catch (error) {
        throw unwrap(error);
      }
    },
  };
}

/** Probot wraps what handlers throw into one `AggregateError`, and hangs the whole event on each. */
function unwrap(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  const errors: unknown[] = error.errors;
  for (const thrown of errors) {
    if (typeof thrown === 'object' && thrown !== null) Reflect.deleteProperty(thrown, 'event');
  }
  return errors.length === 1 ? errors[0] : new AggregateError(errors, error.message);
}

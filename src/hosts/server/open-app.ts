import { createAppAccess } from '../../adapters/octokit/access.ts';
import type { HookDeliveries } from '../../ports/github.ts';
import type { Log } from '../../ports/log.ts';
import type { Model } from '../../ports/model.ts';
import { keepHouse } from '../../runs/upkeep/housekeeping.ts';
import { createIntake } from '../../runs/tables/inbox.ts';
import { secretsOf, type AppCredentials } from '../credentials.ts';
import type { Environment } from '../env.ts';
import { openHost, type Host, type HostOptions } from '../host.ts';
import { createProbotApp, createProbotFeed } from '../probot-app.ts';
import { handleDelivery } from './deliveries.ts';
import { tenantOf } from './delivery.ts';
import type { WebhookIntake } from './webhook.ts';

export type Role = 'all' | 'web' | 'worker';

export interface AppOptions {
  environment: Environment;
  role: Role;
  log: Log;
  /** Instead of the providers of the environment. */
  model?: Model;
  /** Between the engine and its ports, for tests that watch or break what passes. */
  instrument?: HostOptions['instrument'];
}

/** What is open once there are credentials. */
export interface OpenedApp extends Pick<Host, 'engine' | 'telemetry' | 'drain'> {
  intake: WebhookIntake;
  /** Ends what works, without waiting for it, and closes queue and database. */
  close(): Promise<void>;
}

const RUN_CONCURRENCY = 8;
const DELIVERY_CONCURRENCY = 4;

/** Opens the host as that App, and puts the workers of the role to work. Nothing stays open where it throws. */
export async function openApp(options: AppOptions, credentials: AppCredentials): Promise<OpenedApp> {
  const { environment, role, log } = options;
  const githubAccess = createAppAccess({
    appId: credentials.appId,
    privateKey: credentials.privateKey,
    baseUrl: environment.githubApiUrl,
    // GitHub's pacing of writes is pointless against a server on this machine.
    isThrottled: !isLoopback(environment.githubApiUrl),
    log,
  });
  const host = await openHost({
    environment,
    githubAccess,
    log,
    extraSecrets: secretsOf(credentials),
    storage: 'folder',
    canWait: true,
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.instrument === undefined ? {} : { instrument: options.instrument }),
  });
  const housekeeping = new AbortController();
  await using opening = new AsyncDisposableStack();
  opening.defer(async () => {
    housekeeping.abort();
    await host.close(0);
  });
  if (role !== 'web') {
    await startWork(host, credentials, environment, githubAccess.hookDeliveries);
    void keepHouse(host.engine, githubAccess.hookDeliveries, housekeeping.signal);
  }
  const store = createIntake(host.engine.database, host.engine.queue, host.engine.clock);
  const take: WebhookIntake['take'] = async ({ id, name, payload, raw }) =>
    store({ id, event: name, body: raw.toString('utf8'), ...tenantOf(payload) });
  const opened = opening.move();
  return {
    engine: host.engine,
    telemetry: host.telemetry,
    intake: { secret: credentials.webhookSecret, take },
    drain: async (timeoutMs) => {
      housekeeping.abort();
      await host.drain(timeoutMs);
    },
    close: async () => opened.disposeAsync(),
  };
}

async function startWork(
  host: Host,
  credentials: AppCredentials,
  environment: Environment,
  hooks: HookDeliveries,
): Promise<void> {
  const outcomes = new Map<string, string>();
  const feed = await createProbotFeed({
    credentials,
    baseUrl: environment.githubApiUrl,
    app: createProbotApp(async (event) => {
      outcomes.set(event.id, await host.app.handle(event));
    }),
  });
  await host.engine.queue.work('delivery', DELIVERY_CONCURRENCY, async (job) =>
    handleDelivery(
      host.engine,
      job,
      async (event) => feed.receive(event),
      (deliveryId) => {
        const outcome = outcomes.get(deliveryId) ?? '';
        outcomes.delete(deliveryId);
        return outcome;
      },
      hooks,
    ),
  );
  await host.app.work(RUN_CONCURRENCY);
}

function isLoopback(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

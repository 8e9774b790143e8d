import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAppAccess } from '../../adapters/octokit/access.ts';
import { MusterError } from '../../domain/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { Model } from '../../ports/model.ts';
import { keepHouse } from '../../runs/housekeeping.ts';
import { createIntake } from '../../runs/inbox.ts';
import { answerQuery } from '../../runs/inspect.ts';
import { METRICS } from '../../telemetry/names.ts';
import { readCredentials, secretsOf, storeCredentials, type AppCredentials } from '../credentials.ts';
import type { Environment } from '../env.ts';
import { openHost, type Host, type HostOptions } from '../host.ts';
import { createProbotApp, createProbotFeed } from '../probot-app.ts';
import { lockDataDirectory } from './data-lock.ts';
import { handleDelivery } from './deliveries.ts';
import { tenantOf } from './delivery.ts';
import { createFront } from './front.ts';
import { openLocalSocket, type LocalSocket } from './local-socket.ts';
import { createSetup, type Setup } from './setup.ts';
import type { WebhookIntake } from './webhook.ts';

export type Role = 'all' | 'web' | 'worker';

export interface ServeOptions {
  environment: Environment;
  role: Role;
  log: Log;
  /** Instead of the providers of the environment. */
  model?: Model;
  /** Between the engine and its ports, for tests that watch or break what passes. */
  instrument?: HostOptions['instrument'];
}

export interface RunningServer {
  /** Port that the front listens on; null for workers, which have none. */
  port: number | null;
  /** Stops taking work, hands back what is in hand within 25 s, and closes. */
  stop(): Promise<void>;
}

const DRAIN_MS = 22_000;
/** Taking a delivery is one write: what takes longer is no request any more. */
const LAST_REQUESTS_MS = 2_000;
const RUN_CONCURRENCY = 8;
const DELIVERY_CONCURRENCY = 4;

/** What is open once there are credentials. */
interface Opened {
  host: Host;
  intake: WebhookIntake;
  housekeeping: AbortController;
}

/**
 * The server: front, deliveries and runs in one process, or a part of them by `role`. Without credentials it
 * serves the set-up page, and goes on as the App once that has registered it; with some of them it refuses to
 * start (`incomplete_credentials`).
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { environment, role, log } = options;
  const lock = environment.databaseUrl === null ? await lockDataDirectory(environment.dataDirectory) : null;
  let opened: Opened | null = null;
  let isDraining = false;
  let socket: LocalSocket | null = null;
  try {
    const credentials = await credentialsOf(environment);
    if (credentials !== null) opened = await openApp(options, credentials);
    const setup =
      credentials === null
        ? openSetup(options, async (stored) => {
            opened = await openApp(options, stored);
          })
        : null;
    const front = createFront({
      get webhook() {
        return opened?.intake ?? null;
      },
      isReady: async () => !isDraining && opened !== null && (await opened.host.engine.database.ping()),
      metrics: () => opened?.host.telemetry.exposition(METRICS) ?? '',
      pages: async (request, response) => setup?.pages(request, response) ?? false,
      log,
    });
    if (lock !== null) {
      socket = await openLocalSocket(
        environment.dataDirectory,
        async (query) => {
          if (opened === null) throw new MusterError('no_database', 'The server waits to be set up.');
          return answerQuery(opened.host.engine, query);
        },
        log,
      );
    }
    const port = role === 'worker' ? null : await listen(front, environment.port);
    if (setup !== null)
      log.info('no credentials: open the set-up page', {
        url: `http://localhost:${port}/setup?token=${setup.token}`,
      });
    else log.info('ready', { port, role, providers: opened?.host.engine.model.providers });
    return {
      port,
      stop: async () => {
        // Readiness goes first, so that no more is sent here while the rest is handed back.
        isDraining = true;
        if (port !== null) await close(front);
        await socket?.close();
        opened?.housekeeping.abort();
        await opened?.host.close(DRAIN_MS);
        await lock?.release();
      },
    };
  } catch (error) {
    await socket?.close();
    await lock?.release();
    throw error;
  }
}

/** Complete credentials, or null where there are none; anything between is refused. */
async function credentialsOf(environment: Environment): Promise<AppCredentials | null> {
  const state = await readCredentials(environment);
  switch (state.kind) {
    case 'complete':
      return state.credentials;
    case 'none':
      return null;
    case 'incomplete':
      throw new MusterError(
        'incomplete_credentials',
        `Some of the App's credentials are missing: ${state.missing.join(', ')}. Set all of them, or none for the set-up page.`,
        { value: state.missing },
      );
    case 'invalid':
      throw new MusterError('invalid_credentials', `${state.name}: ${state.problem}`);
  }
}

function openSetup(options: ServeOptions, onStored: (credentials: AppCredentials) => Promise<void>): Setup {
  const { environment, log } = options;
  return createSetup({
    apiUrl: environment.githubApiUrl,
    log,
    store: async (credentials) => {
      await storeCredentials(environment.dataDirectory, credentials);
      await onStored(credentials);
    },
  });
}

async function openApp(options: ServeOptions, credentials: AppCredentials): Promise<Opened> {
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
  if (role !== 'web') {
    await startWork(host, credentials, environment);
    void keepHouse(host.engine, githubAccess.hookDeliveries, housekeeping.signal);
  }
  const store = createIntake(host.engine.database, host.engine.queue);
  const take: WebhookIntake['take'] = async ({ id, name, payload, raw }) =>
    store({ id, event: name, body: raw.toString('utf8'), ...tenantOf(payload) });
  return { host, intake: { secret: credentials.webhookSecret, take }, housekeeping };
}

async function startWork(host: Host, credentials: AppCredentials, environment: Environment): Promise<void> {
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
    ),
  );
  await host.app.work(RUN_CONCURRENCY);
}

function isLoopback(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Lets requests in hand end; connections that ask nothing (keep-alive, opened in advance) are cut after that. */
async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

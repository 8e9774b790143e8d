import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MusterError } from '../../domain/errors.ts';
import { answerQuery } from '../../runs/history/inspect.ts';
import { METRICS } from '../../telemetry/names.ts';
import { systemClock } from '../clock.ts';
import { readCredentials, storeCredentials, type AppCredentials } from '../credentials.ts';
import type { Environment } from '../env.ts';
import { lockDataDirectory } from './data-lock.ts';
import { createFront } from './front.ts';
import { openLocalSocket } from './local-socket.ts';
import { openApp, type AppOptions, type OpenedApp } from './open-app.ts';
import { createSetup, type Setup } from './setup.ts';

export interface RunningServer {
  /** Port that the front listens on; null for workers, which have none. */
  port: number | null;
  /**
   * Is ready no more, stops taking work, hands back what is in hand, and closes, all within 25 s. The front takes
   * deliveries until then, and for `noticeMs` at least, so that whoever balances sees that it is to send elsewhere.
   */
  stop(noticeMs?: number): Promise<void>;
}

const DRAIN_MS = 20_000;
/** Taking a delivery is one write: what takes longer is no request any more. */
const LAST_REQUESTS_MS = 2_000;

/**
 * The server: front, deliveries and runs in one process, or a part of them by `role`. Without credentials it
 * serves the set-up page, and goes on as the App once that has registered it; with some of them it refuses to
 * start (`incomplete_credentials`). Where it throws, nothing stays open: the lock goes last, after the database.
 */
export async function serve(options: AppOptions): Promise<RunningServer> {
  const { environment, role, log } = options;
  const isEmbedded = environment.databaseUrl === null;
  await using opening = new AsyncDisposableStack();
  if (isEmbedded) {
    const lock = await lockDataDirectory(environment.dataDirectory);
    opening.defer(async () => lock.release());
  }
  let opened: OpenedApp | null = null;
  let settingUp: Promise<OpenedApp> | null = null;
  let isDraining = false;
  opening.defer(async () => {
    await settingUp?.catch(() => undefined);
    await opened?.close();
  });
  const credentials = await credentialsOf(environment);
  if (credentials !== null) opened = await openApp(options, credentials);
  const setup =
    credentials === null
      ? openSetup(options, async (stored) => {
          settingUp = openApp(options, stored);
          opened = await settingUp;
        })
      : null;
  if (isEmbedded) {
    const socket = await openLocalSocket(
      environment.dataDirectory,
      async (query) => {
        if (opened === null) throw new MusterError('no_database', 'The server waits to be set up.');
        return answerQuery(opened.engine, query);
      },
      log,
    );
    opening.defer(async () => socket?.close());
  }
  const front = createFront({
    get webhook() {
      return opened?.intake ?? null;
    },
    isReady: async () => !isDraining && opened !== null && (await opened.engine.database.ping()),
    metrics: () => opened?.telemetry.exposition(METRICS) ?? '',
    pages: async (request, response) => setup?.pages(request, response) ?? false,
    log,
  });
  const port = role === 'worker' ? null : await listen(front, environment.port);
  if (port !== null) opening.defer(async () => close(front));
  if (setup !== null)
    log.info('no credentials: open the set-up page', {
      url: `http://localhost:${port}/setup?token=${setup.token}`,
    });
  else log.info('ready', { port, role, providers: opened?.engine.model.providers });
  const running = opening.move();
  return {
    port,
    stop: async (noticeMs = 0) => {
      isDraining = true;
      await Promise.all([opened?.drain(DRAIN_MS), systemClock.sleep(noticeMs)]);
      await running.disposeAsync();
    },
  };
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

function openSetup(options: AppOptions, onStored: (credentials: AppCredentials) => Promise<void>): Setup {
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

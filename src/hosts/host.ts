import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readBuiltinAgents } from '../adapters/agent-files.ts';
import { createAiSdkModel } from '../adapters/ai-sdk/model.ts';
import { createGitWorkspaces } from '../adapters/git/workspaces.ts';
import { createDatabaseKeyvStore } from '../adapters/keyv/database-keyv-store.ts';
import { createKeyvNoteStore } from '../adapters/keyv/note-store.ts';
import { createTelemetry, type ProcessTelemetry } from '../adapters/otel/telemetry.ts';
import { createQueue } from '../adapters/pg-boss/queue.ts';
import type { BossConnection } from '../adapters/postgres/boss-connection.ts';
import { openPostgres } from '../adapters/postgres/pg-database.ts';
import { openPglite } from '../adapters/postgres/pglite-database.ts';
import { probeSandbox } from '../adapters/sandbox/sandbox.ts';
import { createSecretScanner } from '../adapters/secret-scanner.ts';
import { createApp, type App } from '../app.ts';
import { parseAgentFile } from '../config/agent-file.ts';
import type { Database } from '../ports/database.ts';
import type { GitHubAccess } from '../ports/github.ts';
import type { Log } from '../ports/log.ts';
import type { Model } from '../ports/model.ts';
import type { Engine } from '../runs/engine.ts';
import { agentsFolder, migrationsFolder, preparedDatabase } from './assets.ts';
import { systemClock } from './clock.ts';
import type { Environment } from './env.ts';

/** Everything of a process that the hosts share; each adds its own way in. */
export interface Host {
  app: App;
  engine: Engine;
  telemetry: ProcessTelemetry;
  /** Takes no more work, and hands back what is in hand within this time. What comes in can still be stored. */
  drain(timeoutMs: number): Promise<void>;
  /** Drains, then closes queue and database. */
  close(drainMs: number): Promise<void>;
}

export interface HostOptions {
  environment: Environment;
  githubAccess: GitHubAccess;
  log: Log;
  /** Instead of the providers of the environment, e.g. a cassette. */
  model?: Model;
  /** Beside the environment's, e.g. stored credentials. */
  extraSecrets?: readonly string[];
  /** `memory` ends with the process. */
  storage: 'folder' | 'memory';
  canWait: boolean;
  /** Puts something between the engine and its ports, e.g. to watch, delay or cut off what passes. */
  instrument?: (engine: Engine) => Engine;
}

/** How many jobs of one tenant may be worked on at once, in all processes together. */
const TENANT_CONCURRENCY = 4;

/** Opens database and queue, and puts the engine together from the environment. Nothing stays open where it throws. */
export async function openHost(options: HostOptions): Promise<Host> {
  const { environment, log, githubAccess } = options;
  await using opening = new AsyncDisposableStack();
  const database = await openDatabase(options);
  opening.defer(async () => database.close());
  const queue = createQueue({
    connection: database.boss,
    log,
    tenantConcurrency: TENANT_CONCURRENCY,
    isAlone: environment.databaseUrl === null,
  });
  opening.defer(async () => queue.stop(0));
  await queue.start();
  const telemetry = createTelemetry();
  const { instrument = (ports) => ports } = options;
  const engine = instrument({
    database,
    queue,
    githubAccess,
    model: options.model ?? providerModel(environment),
    workspaces: await openWorkspaces(environment, log),
    notes: createKeyvNoteStore({
      openStore: (tenantId) => createDatabaseKeyvStore(database, tenantId),
      clock: systemClock,
    }),
    scanner: createSecretScanner({
      ownSecrets: [...environment.secretValues, ...(options.extraSecrets ?? [])],
    }),
    telemetry,
    clock: systemClock,
    log,
    builtinAgents: await readBuiltinAgents(agentsFolder(), parseAgentFile),
    canWait: options.canWait,
  });
  const app = createApp(engine);
  const opened = opening.move();
  return {
    app,
    engine,
    telemetry,
    drain: async (timeoutMs) => queue.drain(timeoutMs),
    close: async (drainMs) => {
      await queue.drain(drainMs);
      await opened.disposeAsync();
    },
  };
}

async function openDatabase({
  environment,
  log,
  storage,
}: HostOptions): Promise<Database & { boss: BossConnection }> {
  if (environment.databaseUrl !== null) {
    return openPostgres(environment.databaseUrl, log, undefined, migrationsFolder());
  }
  const folder = storage === 'memory' ? null : path.join(environment.dataDirectory, 'postgres');
  return openPglite(folder, migrationsFolder(), preparedDatabase());
}

async function openWorkspaces(environment: Environment, log: Log): Promise<Engine['workspaces']> {
  const scratchFolder = path.resolve(environment.dataDirectory, 'work');
  // The probe runs there, also at the very first start.
  await mkdir(scratchFolder, { recursive: true });
  const sandbox = await probeSandbox({
    scratchFolder,
    toolFolders: [path.dirname(path.dirname(process.execPath))],
  });
  if (sandbox === null) log.warn('no sandbox starts here: agents get no `run_command`');
  return createGitWorkspaces({ rootDir: scratchFolder, sandbox });
}

/** The models of the providers that the environment holds a key for. */
export function providerModel(environment: Environment): Model {
  return createAiSdkModel(providerSettings(environment));
}

/** The providers whose key (for compatible ones: whose address) is there. */
function providerSettings({ providers }: Environment): Parameters<typeof createAiSdkModel>[0] {
  const { anthropic, openai, google, compatible } = providers;
  const keyed = ({ apiKey, baseUrl }: typeof anthropic) =>
    apiKey === null ? undefined : { apiKey, ...(baseUrl === null ? {} : { baseUrl }) };
  const settings = {
    anthropic: keyed(anthropic),
    openai: keyed(openai),
    google: keyed(google),
    compatible:
      compatible.baseUrl === null
        ? undefined
        : {
            baseUrl: compatible.baseUrl,
            ...(compatible.apiKey === null ? {} : { apiKey: compatible.apiKey }),
          },
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../ports/clock.ts';
import { createApp, createUser, installApp, removeFromInstallation, uninstallApp } from './accounts.ts';
import { issueInstallationToken, issuePersonToken } from './auth.ts';
import type { CheckConclusion, CheckRun } from './check-model.ts';
import { loadContract } from './contract.ts';
import { createFaults, type Faults } from './faults.ts';
import { createLimiter, GITHUB_LIMITS, type Limits } from './limits.ts';
import type { App, Installation, Permissions, Repository, RoleName, User } from './model.ts';
import { createCheckRun } from './operations/checks.ts';
import { personNamed, type Person } from './people.ts';
import { createRepository, forkRepository, renameRepository, setVisibility } from './repositories.ts';
import { createRequestListener, type RequestRecord } from './server.ts';
import { createState, findRepository, findUser, type SimulatorState } from './state.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

export interface SimulatorOptions {
  /** Time for everything that GitHub dates or lets expire. */
  clock: Clock;
  /** `free` has no drafts on private repositories. */
  plan?: 'free' | 'team';
  /** Checks every answer against GitHub's description: one that breaks it is 500, and in `violations`. */
  validateResponses?: boolean;
  limits?: Partial<Limits>;
  /** A free one where absent. */
  port?: number;
}

/** A running GitHub on loopback. */
export interface Simulator {
  /** Base of REST (also under `/api/v3`), GraphQL (`/graphql`), git and the pages; no trailing slash. */
  readonly url: string;
  /** For assertions and for what no method here does. */
  readonly state: SimulatorState;
  readonly webhooks: Webhooks;
  readonly faults: Faults;
  /** Every request so far, oldest first. */
  readonly requests: readonly RequestRecord[];
  readonly violations: readonly string[];
  createUser(login: string, type?: User['type']): User;
  createRepository(input: {
    owner: string;
    name: string;
    private?: boolean;
    files?: Record<string, string>;
  }): Promise<Repository>;
  fork(repository: string, owner: string): Promise<Repository>;
  /** The repository called `owner/name`; throws where there is none. */
  repository(name: string): Repository;
  setRole(repository: string, login: string, role: RoleName | null): void;
  createApp(input: {
    name: string;
    owner: string;
    permissions: Permissions;
    events: string[];
    webhookUrl?: string;
    webhookSecret?: string;
  }): { app: App; privateKey: string };
  /** On all repositories of the account, or on those named `owner/name`. */
  installApp(app: App, account: string, repositories?: string[]): Installation;
  /** The App hears `installation.deleted`, and its tokens die. */
  uninstallApp(installation: Installation, by: string): void;
  /** The App hears `installation_repositories.removed`. */
  removeFromInstallation(installation: Installation, repository: string, by: string): void;
  /** The old name redirects. */
  rename(repository: string, name: string, by: string): void;
  setPrivate(repository: string, isPrivate: boolean, by: string): void;
  /** A person's token. */
  tokenFor(login: string): string;
  /** What a workflow gets as `GITHUB_TOKEN`: one repository, `github-actions[bot]`. */
  actionsToken(repository: string, permissions: Permissions): string;
  /** Reports a check run of GitHub Actions, with the log of its job. */
  reportCheck(
    repository: string,
    input: { name: string; headSha: string; conclusion?: CheckConclusion; log?: string },
  ): Promise<CheckRun>;
  as(login: string): Person;
  /** Resolves when no request and no delivery is under way. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a GitHub on 127.0.0.1 with a temporary folder for its git repositories, removed by `close`. */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const state = createState({ clock: options.clock, plan: options.plan ?? 'team' });
  const webhooks = createWebhooks(state);
  state.emit = (event) => webhooks.emit(event);
  const faults = createFaults();
  const requests: RequestRecord[] = [];
  const violations: string[] = [];
  const dir = await mkdtemp(path.join(tmpdir(), 'muster-github-'));
  const listener = createRequestListener({
    state,
    webhooks,
    faults,
    requests,
    contract: await loadContract(),
    limiter: createLimiter(state, { ...GITHUB_LIMITS, ...options.limits }),
    violations: options.validateResponses === true ? violations : null,
  });
  const server = createServer(listener).listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the simulator has no port');
  state.url = `http://127.0.0.1:${address.port}`;
  const actions = registerActions(state);
  return {
    url: state.url,
    state,
    webhooks,
    faults,
    requests,
    violations,
    ...settingUp(state, dir),
    tokenFor: (login) => issuePersonToken(state, userNamed(state, login)).value,
    actionsToken: (name, permissions) => {
      const repositoryIds = new Set([repositoryNamed(state, name).id]);
      return issueInstallationToken(state, actions, null, { permissions, repositoryIds }).value;
    },
    reportCheck: (name, input) => {
      const actor = { user: actions.bot, app: actions };
      return createCheckRun(state, actor, repositoryNamed(state, name), input);
    },
    as: (login) => personNamed(state, login),
    settled: () => webhooks.settled(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await webhooks.settled();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

type SettingUp = Pick<
  Simulator,
  | 'createUser'
  | 'createRepository'
  | 'fork'
  | 'repository'
  | 'setRole'
  | 'createApp'
  | 'installApp'
  | 'uninstallApp'
  | 'removeFromInstallation'
  | 'rename'
  | 'setPrivate'
>;

function settingUp(state: SimulatorState, dir: string): SettingUp {
  return {
    createUser: (login, type) => createUser(state, login, type),
    createRepository: ({ owner, name, private: isPrivate = false, files = {} }) =>
      createRepository(state, dir, { owner: userNamed(state, owner), name, isPrivate, files }),
    fork: (name, owner) => forkRepository(state, dir, repositoryNamed(state, name), userNamed(state, owner)),
    repository: (name) => repositoryNamed(state, name),
    setRole: (name, login, role) => {
      const { collaborators } = repositoryNamed(state, name);
      const { id } = userNamed(state, login);
      if (role === null) collaborators.delete(id);
      else collaborators.set(id, role);
    },
    createApp: ({ owner, webhookUrl, ...input }) =>
      createApp(state, { ...input, webhookUrl: webhookUrl ?? null, owner: userNamed(state, owner) }),
    installApp: (app, account, names) => {
      const repositories = names?.map((name) => repositoryNamed(state, name)) ?? null;
      return installApp(state, app, userNamed(state, account), repositories);
    },
    uninstallApp: (installation, by) => uninstallApp(state, installation, userNamed(state, by)),
    removeFromInstallation: (installation, name, by) =>
      removeFromInstallation(state, installation, repositoryNamed(state, name), userNamed(state, by)),
    rename: (name, newName, by) => {
      const actor = { user: userNamed(state, by), app: null };
      renameRepository(state, actor, repositoryNamed(state, name), newName);
    },
    setPrivate: (name, isPrivate, by) => {
      const actor = { user: userNamed(state, by), app: null };
      setVisibility(state, actor, repositoryNamed(state, name), isPrivate);
    },
  };
}

/** The App behind workflows and their checks; on GitHub it is always there. */
function registerActions(state: SimulatorState): App {
  const owner = createUser(state, 'github', 'Organization');
  const { app } = createApp(state, {
    name: 'github-actions',
    owner,
    permissions: { checks: 'write', contents: 'write' },
    events: [],
    webhookUrl: null,
  });
  return app;
}

function userNamed(state: SimulatorState, login: string): User {
  const user = findUser(state, login);
  if (user === null) throw new Error(`nobody is called ${login}`);
  return user;
}

function repositoryNamed(state: SimulatorState, name: string): Repository {
  const [owner = '', short = ''] = name.split('/');
  const repository = findRepository(state, owner, short);
  if (repository === null) throw new Error(`there is no repository ${name}`);
  return repository;
}

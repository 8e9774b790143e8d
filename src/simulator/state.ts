import type { Clock } from '../ports/clock.ts';
import type { App, Installation, Permissions, Repository, User } from './model.ts';

/** A token that GitHub handed out. `permissions` and `repositoryIds` bind Apps; people are bound by their role. */
export interface Token {
  value: string;
  userId: number;
  /** Null for a person's token. */
  appId: number | null;
  installationId: number | null;
  permissions: Permissions;
  /** Null: every repository of the installation, or of the person. */
  repositoryIds: Set<number> | null;
  expiresAt: Date | null;
}

/** Who sends a request, after authentication. */
export type Caller =
  | { kind: 'anonymous' }
  /** Signed in with the App's JWT: may only use the endpoints of Apps. */
  | { kind: 'app'; app: App }
  | {
      kind: 'installation';
      app: App;
      user: User;
      installation: Installation | null;
      permissions: Permissions;
      /** Null: every repository of the installation. */
      repositoryIds: Set<number> | null;
      token: string;
    }
  | { kind: 'person'; user: User; token: string };

/** Under whose name a change happens, and through which App. */
export interface Actor {
  user: User;
  app: App | null;
}

/** A change that GitHub tells Apps about, before it is signed and sent. */
export interface EmittedEvent {
  /** `X-GitHub-Event`. */
  name: string;
  /** The body without `installation`, which depends on the receiver. */
  payload: Record<string, unknown>;
  /** Who could hear it: Apps installed on this repository, or one installation. */
  audience:
    | { kind: 'repository'; repository: Repository }
    | { kind: 'installation'; installation: Installation };
  /** Only this App hears it (buttons, requested suites). */
  onlyAppId: number | null;
}

/** What a set-up page asks GitHub to register an App with. */
interface AppManifest {
  name?: string | undefined;
  url?: string | undefined;
  hook_attributes?: { url: string; active?: boolean | undefined } | undefined;
  redirect_url?: string | undefined;
  default_permissions?: Permissions | undefined;
  default_events?: string[] | undefined;
}

/** All that the simulated GitHub knows. Git content lies in each repository's bare git repository. */
export interface SimulatorState {
  readonly clock: Clock;
  /** Drafts need a paid plan on private repositories. */
  readonly plan: 'free' | 'team';
  /** Where the server listens, without a trailing slash. */
  url: string;
  readonly apps: Map<number, App>;
  readonly installations: Map<number, Installation>;
  readonly users: Map<number, User>;
  readonly repositories: Map<number, Repository>;
  readonly tokens: Map<string, Token>;
  /** One-time code → the manifest that it stands for, and who registers it. */
  readonly manifests: Map<string, { manifest: AppManifest; ownerId: number }>;
  /** Ids are unique over all kinds, so that a mixed-up id finds nothing. */
  nextId(): number;
  /** Hands an event to the webhooks; set by the server. */
  emit(event: EmittedEvent): void;
}

/** An empty GitHub at that time. */
export function createState(options: { clock: Clock; plan: 'free' | 'team' }): SimulatorState {
  let lastId = 1000;
  return {
    clock: options.clock,
    plan: options.plan,
    url: '',
    apps: new Map(),
    installations: new Map(),
    users: new Map(),
    repositories: new Map(),
    tokens: new Map(),
    manifests: new Map(),
    nextId: () => (lastId += 1),
    emit: () => {},
  };
}

/** The simulator's time as GitHub writes it: whole seconds, UTC. */
export function nowText(state: SimulatorState): string {
  return state.clock
    .now()
    .toISOString()
    .replace(/\.\d{3}Z$/, 'Z');
}

/** By login, without regard to case; null where there is no such account. */
export function findUser(state: SimulatorState, login: string): User | null {
  const wanted = login.toLowerCase();
  return [...state.users.values()].find((user) => user.login.toLowerCase() === wanted) ?? null;
}

/** By its present name, without regard to case. */
export function findRepository(state: SimulatorState, owner: string, name: string): Repository | null {
  const wanted = `${owner}/${name}`.toLowerCase();
  return [...state.repositories.values()].find((entry) => fullName(entry).toLowerCase() === wanted) ?? null;
}

/** `owner/name`. */
export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

/** The installation of an App that covers a repository, unless it is suspended. */
export function installationOn(
  state: SimulatorState,
  appId: number,
  repository: Repository,
): Installation | null {
  const found = [...state.installations.values()].find(
    (entry) =>
      entry.appId === appId &&
      entry.accountId === repository.owner.id &&
      (entry.repositoryIds === null || entry.repositoryIds.has(repository.id)),
  );
  return found ?? null;
}

/** The account that a caller acts as; null for anonymous callers and for App JWTs. */
export function actorOf(caller: Caller): Actor | null {
  switch (caller.kind) {
    case 'installation':
      return { user: caller.user, app: caller.app };
    case 'person':
      return { user: caller.user, app: null };
    case 'app':
    case 'anonymous':
      return null;
  }
}

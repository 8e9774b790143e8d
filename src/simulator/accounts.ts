import { createHash, generateKeyPairSync, randomBytes, type KeyPairSyncResult } from 'node:crypto';
import type { App, Installation, Permissions, Repository, User } from './model.ts';
import { nodeIdOf } from './node-ids.ts';
import { installationPayload, userPayload } from './payloads/account.ts';
import { nowText, type SimulatorState } from './state.ts';

export interface AppInput {
  name: string;
  owner: User;
  permissions: Permissions;
  events: string[];
  webhookUrl: string | null;
  /** Random where absent. */
  webhookSecret?: string;
}

let sharedKeys: KeyPairSyncResult<string, string> | null = null;

/** Signs up a person or an organisation. */
export function createUser(state: SimulatorState, login: string, type: User['type'] = 'User'): User {
  const id = state.nextId();
  const email = `${id}+${login}@users.noreply.github.com`;
  const user = { id, nodeId: nodeIdOf('user', id), login, type, email };
  state.users.set(id, user);
  return user;
}

/** Registers an App with its bot account. The private key is returned once and not kept. */
export function createApp(state: SimulatorState, input: AppInput): { app: App; privateKey: string } {
  const id = state.nextId();
  const keys = keyPair();
  const slug = input.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const app: App = {
    id,
    nodeId: nodeIdOf('app', id),
    slug,
    name: input.name,
    ownerId: input.owner.id,
    clientId: `Iv23${createHash('sha256').update(slug).digest('hex').slice(0, 16)}`,
    clientSecret: randomBytes(20).toString('hex'),
    publicKey: keys.publicKey,
    webhookSecret: input.webhookSecret ?? randomBytes(20).toString('hex'),
    webhookUrl: input.webhookUrl,
    hookId: state.nextId(),
    permissions: { metadata: 'read', ...input.permissions },
    events: input.events,
    bot: createUser(state, `${slug}[bot]`, 'Bot'),
    createdAt: nowText(state),
  };
  state.apps.set(id, app);
  return { app, privateKey: keys.privateKey };
}

/** Installs an App on an account, on all its repositories or on some: `installation.created`. */
export function installApp(
  state: SimulatorState,
  app: App,
  account: User,
  repositories: Repository[] | null,
): Installation {
  const id = state.nextId();
  const at = nowText(state);
  const installation: Installation = {
    id,
    nodeId: nodeIdOf('installation', id),
    appId: app.id,
    accountId: account.id,
    repositoryIds: repositories === null ? null : new Set(repositories.map((entry) => entry.id)),
    permissions: app.permissions,
    suspendedAt: null,
    createdAt: at,
    updatedAt: at,
  };
  state.installations.set(id, installation);
  const covered = repositories ?? [...state.repositories.values()].filter((entry) => entry.owner === account);
  emitInstallation(state, installation, account, 'installation', 'created', {
    repositories: covered.map(shortRepository),
    requester: null,
  });
  return installation;
}

/** Takes the App away: `installation.deleted`, and its tokens die. */
export function uninstallApp(state: SimulatorState, installation: Installation, sender: User): void {
  emitInstallation(state, installation, sender, 'installation', 'deleted', {
    repositories: [...state.repositories.values()]
      .filter(
        (entry) => installation.repositoryIds?.has(entry.id) ?? entry.owner.id === installation.accountId,
      )
      .map(shortRepository),
  });
  state.installations.delete(installation.id);
}

/** Takes one repository out of an installation: `installation_repositories.removed`. */
export function removeFromInstallation(
  state: SimulatorState,
  installation: Installation,
  repository: Repository,
  sender: User,
): void {
  const owned = [...state.repositories.values()].filter((entry) => entry.owner.id === installation.accountId);
  installation.repositoryIds ??= new Set(owned.map((entry) => entry.id));
  installation.repositoryIds.delete(repository.id);
  emitInstallation(state, installation, sender, 'installation_repositories', 'removed', {
    repository_selection: 'selected',
    repositories_added: [],
    repositories_removed: [shortRepository(repository)],
    requester: null,
  });
}

function emitInstallation(
  state: SimulatorState,
  installation: Installation,
  sender: User,
  name: string,
  action: string,
  fields: Record<string, unknown>,
): void {
  const payload = {
    action,
    installation: installationPayload(state, installation),
    ...fields,
    sender: userPayload(state, sender),
  };
  state.emit({ name, payload, audience: { kind: 'installation', installation }, onlyAppId: null });
}

function shortRepository(repository: Repository): Record<string, unknown> {
  const { id, nodeId, name, owner, isPrivate } = repository;
  return { id, node_id: nodeId, name, full_name: `${owner.login}/${name}`, private: isPrivate };
}

/** One key pair serves all Apps of a process: making one takes a good part of a second. */
function keyPair(): KeyPairSyncResult<string, string> {
  sharedKeys ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return sharedKeys;
}

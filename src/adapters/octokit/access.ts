import type { AppIdentity } from '../../domain/actor.ts';
import { MusterError } from '../../domain/errors.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { GitHub, GitHubAccess, HookDeliveries } from '../../ports/github.ts';
import type { Log } from '../../ports/log.ts';
import { normaliseApiUrl } from './api-url.ts';
import { type AppKey, createAppJwt } from './app-jwt.ts';
import { type Authorisation, createClient } from './client.ts';
import { createGitHub } from './github.ts';
import { createHookDeliveries } from './hook-deliveries.ts';
import { createInstallationTokens } from './installation-tokens.ts';
import { createTokenSeal } from './token-seal.ts';

interface AccessOptions {
  /** With or without a trailing slash or `/api/v3`. */
  baseUrl: string;
  log: Log;
  /** Octokit's pacing of writes (1 s, 3 s where people are notified); off only against a simulator. */
  isThrottled?: boolean;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

export interface AppAccess extends GitHubAccess {
  /** Asked of GitHub once: `<slug>[bot]`. */
  identity(): Promise<AppIdentity>;
  /** What GitHub delivered, or failed to deliver, to the App. */
  readonly hookDeliveries: HookDeliveries;
}

/** What GitHub answers where the App has no business any more: gone, taken off the repository, suspended. */
const NOT_OURS = new Set(['github_not_found', 'github_invalid', 'github_forbidden']);

/** GitHub as the App: installation tokens, each scoped to one repository. */
export function createAppAccess(options: AccessOptions & AppKey): AppAccess {
  const { log, isThrottled = true, now = Date.now } = options;
  const baseUrl = normaliseApiUrl(options.baseUrl);
  const jwt = createAppJwt(options, now);
  const client = (authorisation: Authorisation, throttleId: string) =>
    createClient({ baseUrl, log, now, authorisation, throttleId: isThrottled ? throttleId : null });
  const app = client({ header: () => Promise.resolve(`Bearer ${jwt()}`), refused: () => false }, 'app');
  const shared = createInstallationTokens(app, now);
  const { seal, open } = createTokenSeal(options.privateKey);
  let identity: Promise<AppIdentity> | null = null;
  const revokeToken = async (token: string) => {
    const authorisation = { header: () => Promise.resolve(`token ${token}`), refused: () => false };
    const octokit = createClient({ baseUrl, log, now, authorisation, throttleId: null });
    try {
      await octokit.rest.apps.revokeInstallationAccessToken();
    } catch (error) {
      const isSpent = error instanceof MusterError && error.code === 'github_unauthorized';
      if (!isSpent) throw error;
    }
  };

  const access: AppAccess = {
    hookDeliveries: createHookDeliveries(app),

    identity() {
      identity ??= readIdentity(app).catch((error: unknown) => {
        identity = null;
        throw error;
      });
      return identity;
    },

    async forTenant(tenant, keep) {
      const tokens =
        keep === undefined ? shared : createInstallationTokens(app, now, async (token) => keep(seal(token)));
      const gitToken = () => tokens.tokenFor(tenant);
      const authorisation = {
        header: async () => `token ${await gitToken()}`,
        refused: () => {
          tokens.forget(tenant.id);
          return true;
        },
      };
      const octokit = client(authorisation, `installation-${tenant.installationId}`);
      return createGitHub({ octokit, tenant, identity: await access.identity(), gitToken, now });
    },

    async reaches(tenant) {
      shared.forget(tenant.id);
      try {
        await shared.tokenFor(tenant);
        return true;
      } catch (error) {
        if (error instanceof MusterError && NOT_OURS.has(error.code)) return false;
        throw error;
      }
    },

    async revoke(sealedTokens) {
      for (const sealed of sealedTokens) {
        const token = open(sealed);
        if (token === null) log.warn('a token of an earlier attempt was sealed with another key');
        else await revokeToken(token);
      }
    },
  };
  return access;
}

export interface TokenAccess extends GitHubAccess {
  identity(): Promise<AppIdentity>;
}

/** GitHub with a token that the host was given (Action, CLI), for one repository only. */
export function createTokenAccess(
  options: AccessOptions & { token: string; identity: AppIdentity; repository: Tenant },
): TokenAccess {
  const { token, identity, repository, log, isThrottled = true, now = Date.now } = options;
  const baseUrl = normaliseApiUrl(options.baseUrl);
  const gitToken = () => Promise.resolve(token);
  return {
    identity: () => Promise.resolve(identity),

    reaches: (tenant) => Promise.resolve(tenant.id === repository.id),

    forTenant(tenant): Promise<GitHub> {
      if (tenant.id !== repository.id) {
        const words = 'this token is for one repository, and not for that one';
        return Promise.reject(new MusterError('github_forbidden', words, { value: tenant.id }));
      }
      const authorisation = { header: async () => `token ${await gitToken()}`, refused: () => false };
      const throttleId = isThrottled ? `token-${tenant.id}` : null;
      const octokit = createClient({ baseUrl, log, now, authorisation, throttleId });
      return Promise.resolve(createGitHub({ octokit, tenant, identity, gitToken, now }));
    },

    // The host's token is not ours to end; runs there end with the process that holds it.
    revoke: () => Promise.resolve(),
  };
}

async function readIdentity(app: ReturnType<typeof createClient>): Promise<AppIdentity> {
  const { data } = await app.rest.apps.getAuthenticated();
  if (data === null || data.slug === undefined) {
    throw new MusterError('github_unauthorized', 'GitHub did not say which App this is');
  }
  return { appId: data.id, login: `${data.slug}[bot]` };
}

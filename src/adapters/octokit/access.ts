import type { AppIdentity } from '../../domain/actor.ts';
import { MusterError } from '../../domain/errors.ts';
import type { Tenant, TenantId } from '../../domain/tenant.ts';
import type { GitHub, GitHubAccess } from '../../ports/github.ts';
import type { Log } from '../../ports/log.ts';
import { normaliseApiUrl } from './api-url.ts';
import { type AppKey, createAppJwt } from './app-jwt.ts';
import { type Authorisation, createClient } from './client.ts';
import { createGitHub } from './github.ts';
import { createInstallationTokens } from './installation-tokens.ts';

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
  /**
   * Revokes the tenant's installation token that this process holds, so that whoever still works with it is
   * refused; the next `forTenant` call of any method mints another. Nothing held: nothing done.
   */
  revoke(tenantId: TenantId): Promise<void>;
}

/** GitHub as the App: installation tokens, each scoped to one repository. */
export function createAppAccess(options: AccessOptions & AppKey): AppAccess {
  const { log, isThrottled = true, now = Date.now } = options;
  const baseUrl = normaliseApiUrl(options.baseUrl);
  const jwt = createAppJwt(options, now);
  const client = (authorisation: Authorisation, throttleId: string) =>
    createClient({ baseUrl, log, now, authorisation, throttleId: isThrottled ? throttleId : null });
  const app = client({ header: () => Promise.resolve(`Bearer ${jwt()}`), refused: () => undefined }, 'app');
  const tokens = createInstallationTokens(app, now);
  let identity: Promise<AppIdentity> | null = null;

  const access: AppAccess = {
    identity() {
      identity ??= readIdentity(app).catch((error: unknown) => {
        identity = null;
        throw error;
      });
      return identity;
    },

    async forTenant(tenant) {
      const gitToken = () => tokens.tokenFor(tenant);
      const authorisation = {
        header: async () => `token ${await gitToken()}`,
        refused: () => tokens.forget(tenant.id),
      };
      const octokit = client(authorisation, `installation-${tenant.installationId}`);
      return createGitHub({ octokit, tenant, identity: await access.identity(), gitToken, now });
    },

    async revoke(tenantId) {
      const token = await tokens.take(tenantId);
      if (token === null) return;
      const header = () => Promise.resolve(`token ${token}`);
      const octokit = client({ header, refused: () => undefined }, `revoke-${tenantId}`);
      try {
        await octokit.rest.apps.revokeInstallationAccessToken();
      } catch (error) {
        const isSpent = error instanceof MusterError && error.code === 'github_unauthorized';
        if (!isSpent) throw error;
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

    forTenant(tenant): Promise<GitHub> {
      if (tenant.id !== repository.id) {
        const words = 'this token is for one repository, and not for that one';
        return Promise.reject(new MusterError('github_forbidden', words, { value: tenant.id }));
      }
      const authorisation = { header: async () => `token ${await gitToken()}`, refused: () => undefined };
      const throttleId = isThrottled ? `token-${tenant.id}` : null;
      const octokit = createClient({ baseUrl, log, now, authorisation, throttleId });
      return Promise.resolve(createGitHub({ octokit, tenant, identity, gitToken, now }));
    },
  };
}

async function readIdentity(app: ReturnType<typeof createClient>): Promise<AppIdentity> {
  const { data } = await app.rest.apps.getAuthenticated();
  if (data === null || data.slug === undefined) {
    throw new MusterError('github_unauthorized', 'GitHub did not say which App this is');
  }
  return { appId: data.id, login: `${data.slug}[bot]` };
}

import { MusterError } from '../../domain/errors.ts';
import type { Tenant, TenantId } from '../../domain/tenant.ts';
import type { Octokit } from './client.ts';

const RENEW_BEFORE_MS = 600_000;

interface Held {
  installationId: number;
  token: string;
  expiresAt: number;
}

/** Installation tokens, one a repository and good for nothing else. */
export interface InstallationTokens {
  /** Valid for ten minutes at least. */
  tokenFor(tenant: Tenant): Promise<string>;
  /** Forgets the token, as when GitHub refused it. */
  forget(tenantId: TenantId): void;
}

/**
 * Mints tokens that are scoped to one repository by its id, and keeps each until ten minutes before it
 * expires. Callers that ask at the same time share one request.
 *
 * @param announce Called with each token before anybody gets it; a throw keeps it from them.
 */
export function createInstallationTokens(
  app: Octokit,
  now: () => number,
  announce: (token: string) => Promise<void> = async () => undefined,
): InstallationTokens {
  const held = new Map<TenantId, Promise<Held>>();

  const mint = (tenant: Tenant, installationId: number): Promise<Held> => {
    const minted = mintToken(app, tenant.id, installationId).then(async (token) => {
      await announce(token.token);
      return token;
    });
    held.set(tenant.id, minted);
    minted.catch(() => {
      if (held.get(tenant.id) === minted) held.delete(tenant.id);
    });
    return minted;
  };

  return {
    async tokenFor(tenant) {
      const { installationId } = tenant;
      if (installationId === null) {
        throw new MusterError('github_not_found', 'the App is not installed on this repository', {
          value: tenant.id,
        });
      }
      const known = held.get(tenant.id);
      if (known !== undefined) {
        const current = await known;
        const isOurs = current.installationId === installationId;
        if (isOurs && current.expiresAt - now() > RENEW_BEFORE_MS) return current.token;
        // Whoever saw it first is minting already.
        const newer = held.get(tenant.id);
        if (newer !== undefined && newer !== known) return (await newer).token;
      }
      return (await mint(tenant, installationId)).token;
    },
    forget: (tenantId) => void held.delete(tenantId),
  };
}

async function mintToken(app: Octokit, repositoryId: TenantId, installationId: number): Promise<Held> {
  const { data } = await app.rest.apps.createInstallationAccessToken({
    installation_id: installationId,
    repository_ids: [repositoryId],
  });
  return { installationId, token: data.token, expiresAt: Date.parse(data.expires_at) };
}

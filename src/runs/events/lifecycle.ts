import type { Tenant, TenantId } from '../../domain/tenant.ts';
import type { InstallationEvent, RepositoryEvent } from '../../router/event.ts';
import { consequenceOf, type Consequence, type TenantChange } from '../../tenancy/consequence.ts';
import type { Engine } from '../engine.ts';
import { endOpenRuns, voidOpenRuns } from './stop-runs.ts';
import {
  admitTenant,
  loadInstallation,
  loadStanding,
  markStopped,
  renameTenant,
  type Standing,
} from '../tables/tenants.ts';

/**
 * Follows the App's coming and going, and what befalls a repository. GitHub is asked what is true before
 * anything is stopped: headers aren't signed, and a late or repeated delivery must not stop who is served.
 */
export async function followLifecycle(
  engine: Engine,
  event: InstallationEvent | RepositoryEvent,
): Promise<string> {
  const concerned = event.kind === 'repository' ? [event.tenant] : await concernedBy(engine, event);
  const outcomes: string[] = [];
  for (const tenant of concerned) outcomes.push(await follow(engine, tenant, event.change));
  const shown = [...new Set(outcomes)].join('; ') || 'nothing of it is known here';
  return `${event.kind} ${event.change}: ${shown}`;
}

/**
 * False where the App was taken off, or suspended. An event under another installation than the one that
 * ended is a return that we were not told of: GitHub is asked.
 */
export async function isServed(engine: Engine, tenant: Tenant): Promise<boolean> {
  const standing = await loadStanding(engine.database, tenant.id);
  if (standing === null || !(standing.isRemoved || standing.isSuspended)) return true;
  if (tenant.installationId === standing.tenant.installationId) return false;
  if (!(await engine.githubAccess.reaches(tenant))) return false;
  await admitTenant(engine.database, tenant);
  return true;
}

async function concernedBy(engine: Engine, event: InstallationEvent): Promise<Tenant[]> {
  switch (event.change) {
    case 'created':
    case 'added':
      return event.added;
    case 'removed': {
      const removed = event.removed.map(({ id }) => id);
      return tenantsOf(await loadInstallation(engine.database, event.installationId, removed));
    }
    case 'deleted':
    case 'suspend':
    case 'unsuspend':
      // Of all its repositories, also those that a long payload leaves out.
      return tenantsOf(await loadInstallation(engine.database, event.installationId, null));
  }
}

function tenantsOf(standings: readonly Standing[]): Tenant[] {
  return standings.map(({ tenant }) => tenant);
}

async function follow(engine: Engine, tenant: Tenant, change: TenantChange): Promise<string> {
  const standing = await loadStanding(engine.database, tenant.id);
  const isComing = change === 'created' || change === 'added';
  if (standing === null) {
    if (isComing) await admitTenant(engine.database, tenant);
    return isComing ? 'admitted' : 'not known here';
  }
  const consequence = consequenceOf(change, await readFacts(engine, tenant, change));
  await carryOut(engine, tenant, consequence);
  return consequence.kind === 'none' ? `ignored, ${consequence.reason}` : consequence.kind;
}

async function readFacts(engine: Engine, tenant: Tenant, change: TenantChange) {
  if (change === 'renamed') return { isReached: true, isPrivate: null };
  const isReached = await engine.githubAccess.reaches(tenant);
  const isVisibility = change === 'privatized' || change === 'publicized';
  if (!isReached || !isVisibility) return { isReached, isPrivate: null };
  const github = await engine.githubAccess.forTenant(tenant);
  return { isReached, isPrivate: (await github.getRepository()).isPrivate };
}

async function carryOut(engine: Engine, tenant: Tenant, consequence: Consequence): Promise<void> {
  const { database, queue } = engine;
  switch (consequence.kind) {
    case 'remove':
      return stop(engine, tenant.id, 'removed', 'the App was removed from the repository');
    case 'suspend':
      return stop(engine, tenant.id, 'suspended', 'the App was suspended');
    case 'admit':
      return admitTenant(database, tenant);
    case 'void':
      await renameTenant(database, tenant);
      return voidOpenRuns(database, queue, tenant.id, consequence.cause);
    case 'rename':
      return renameTenant(database, tenant);
    case 'none':
      return undefined;
  }
}

async function stop(
  engine: Engine,
  tenantId: TenantId,
  mark: 'removed' | 'suspended',
  reason: string,
): Promise<void> {
  const runs = await engine.database.transaction('system', async (tx) => {
    await markStopped(tx, tenantId, mark);
    return endOpenRuns(tx, tenantId, reason);
  });
  engine.log.info('a tenant was stopped', { tenant: tenantId, mark, runs });
}

import { messageOf } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/tenant.ts';
import { GRACE_DAYS } from '../../tenancy/consequence.ts';
import { takeTurn } from '../tables/cursors.ts';
import type { Engine } from '../engine.ts';
import { admitTenant, loadStanding } from '../tables/tenants.ts';

const EVERY_MS = 3_600_000;

/** Every table of ours that has a tenant; `tenants` last, because its mark is what says that there is work. */
const TABLES = [
  'steps',
  'results',
  'signals',
  'effects',
  'ledger',
  'budgets',
  'outcomes',
  'rungs',
  'schedules',
  'runs',
  'memory',
  'tenants',
];

/** Erases the tenants whose grace period is over; gives how many. One that the App came back to is kept. */
export async function eraseRemoved(engine: Engine): Promise<number> {
  if ((await takeTurn(engine.database, 'erasure', EVERY_MS)) === null) return 0;
  const due = await engine.database.transaction('system', async (tx) =>
    tx.query<{ tenant_id: string }>(
      `SELECT tenant_id::text FROM tenants WHERE removed_at < now() - $1::float8 * interval '1 day'`,
      [GRACE_DAYS],
    ),
  );
  let erased = 0;
  for (const row of due) if (await attempt(engine, Number(row.tenant_id))) erased += 1;
  return erased;
}

/** One that can't be erased now is tried again with the next turn; the others don't wait for it. */
async function attempt(engine: Engine, tenantId: TenantId): Promise<boolean> {
  try {
    return await eraseOne(engine, tenantId);
  } catch (error) {
    engine.log.warn('a removed tenant was not erased', { tenant: tenantId, error: messageOf(error) });
    return false;
  }
}

async function eraseOne(engine: Engine, tenantId: TenantId): Promise<boolean> {
  const standing = await loadStanding(engine.database, tenantId);
  if (standing === null) return false;
  // The return may have been told to nobody; what is erased is gone.
  if (await engine.githubAccess.reaches(standing.tenant)) {
    await admitTenant(engine.database, standing.tenant);
    return false;
  }
  await engine.notes.clear(tenantId);
  await engine.database.transaction('system', async (tx) =>
    tx.query(`UPDATE inbox SET payload = NULL WHERE payload LIKE '%"repository":{"id":' || $1 || ',%'`, [
      String(tenantId),
    ]),
  );
  await engine.database.transaction(tenantId, async (tx) => {
    for (const table of TABLES) await tx.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenantId]);
  });
  engine.log.info('a removed tenant was erased', { tenant: tenantId });
  return true;
}

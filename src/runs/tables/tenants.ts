import type { Tenant, TenantId } from '../../domain/tenant.ts';
import type { Database, Transaction } from '../../ports/database.ts';

/** A repository that Muster knows, and whether it may work there. */
export interface Standing {
  tenant: Tenant;
  /** The App was taken off it, or it was deleted; erased after the grace period. */
  isRemoved: boolean;
  isSuspended: boolean;
}

interface Row {
  tenant_id: string;
  owner: string;
  name: string;
  installation_id: string | null;
  is_removed: boolean;
  is_suspended: boolean;
}

const COLUMNS = `tenant_id::text, owner, name, installation_id::text, removed_at IS NOT NULL AS is_removed,
  suspended_at IS NOT NULL AS is_suspended`;

/** Null for a repository that never had a run, nor the App since we listen. */
export async function loadStanding(database: Database, tenantId: TenantId): Promise<Standing | null> {
  const [row] = await database.transaction(tenantId, async (tx) =>
    tx.query<Row>(`SELECT ${COLUMNS} FROM tenants WHERE tenant_id = $1`, [tenantId]),
  );
  return row === undefined ? null : toStanding(row);
}

/** Every repository of an installation that is known; `among` narrows it to these. */
export async function loadInstallation(
  database: Database,
  installationId: number,
  among: readonly TenantId[] | null,
): Promise<Standing[]> {
  const rows = await database.transaction('system', async (tx) =>
    tx.query<Row>(
      `SELECT ${COLUMNS} FROM tenants WHERE installation_id = $1 AND ($2::bigint[] IS NULL OR tenant_id = ANY($2))
       ORDER BY tenant_id`,
      [installationId, among === null ? null : [...among]],
    ),
  );
  return rows.map(toStanding);
}

/** Every repository that the App may work on. */
export async function listServed(tx: Transaction): Promise<Tenant[]> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM tenants
     WHERE installation_id IS NOT NULL AND removed_at IS NULL AND suspended_at IS NULL ORDER BY tenant_id`,
  );
  return rows.map((row) => toStanding(row).tenant);
}

/** The App may work there, under that name and installation; whatever stood against it is lifted. */
export async function admitTenant(database: Database, tenant: Tenant): Promise<void> {
  await database.transaction(tenant.id, async (tx) =>
    tx.query(
      `INSERT INTO tenants (tenant_id, owner, name, installation_id) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant_id) DO UPDATE SET owner = $2, name = $3, installation_id = $4, seen_at = now(),
         removed_at = NULL, suspended_at = NULL, schedules_read_at = NULL`,
      [tenant.id, tenant.owner, tenant.name, tenant.installationId],
    ),
  );
}

export async function renameTenant(database: Database, { id, owner, name }: Tenant): Promise<void> {
  await database.transaction(id, async (tx) =>
    tx.query('UPDATE tenants SET owner = $2, name = $3 WHERE tenant_id = $1', [id, owner, name]),
  );
}

/** From now on no run is made there: `createRun` meets the mark under the row's lock. */
export async function markStopped(
  tx: Transaction,
  tenantId: TenantId,
  mark: 'removed' | 'suspended',
): Promise<void> {
  const column = mark === 'removed' ? 'removed_at' : 'suspended_at';
  await tx.query(`UPDATE tenants SET ${column} = coalesce(${column}, now()) WHERE tenant_id = $1`, [
    tenantId,
  ]);
}

function toStanding(row: Row): Standing {
  return {
    tenant: {
      id: Number(row.tenant_id),
      owner: row.owner,
      name: row.name,
      installationId: row.installation_id === null ? null : Number(row.installation_id),
    },
    isRemoved: row.is_removed,
    isSuspended: row.is_suspended,
  };
}

import { nextFiring } from '../../config/cron.ts';
import { MusterError, messageOf } from '../../domain/errors.ts';
import type { Tenant, TenantId } from '../../domain/tenant.ts';
import type { Database, Transaction } from '../../ports/database.ts';
import { loadCatalogue } from '../catalogue.ts';
import type { Engine } from '../engine.ts';
import { loadStanding } from '../tables/tenants.ts';

/** A cron line whose time has come. */
export interface DueSchedule {
  tenant: Tenant;
  agent: string;
  cron: string;
  /** When it was due, ISO 8601: part of the run's key, so that it fires once. */
  dueAt: string;
  issueNumber: number | null;
}

/** Repositories whose agent files are read in one turn. */
const READ_AT_ONCE = 20;
const FIRED_AT_ONCE = 100;

/** What was pushed may have changed the schedules: they are read again with the next turn. */
export async function forgetSchedules(database: Database, tenantId: TenantId): Promise<void> {
  await database.transaction(tenantId, async (tx) =>
    tx.query('UPDATE tenants SET schedules_read_at = NULL WHERE tenant_id = $1', [tenantId]),
  );
}

/** Reads the cron lines of repositories that are new, were pushed to, or were last read a day ago. */
export async function readSchedules(engine: Engine): Promise<void> {
  const stale = await engine.database.transaction('system', async (tx) =>
    tx.query<{ tenant_id: string }>(
      `SELECT tenant_id::text FROM tenants
       WHERE installation_id IS NOT NULL AND removed_at IS NULL AND suspended_at IS NULL
         AND (schedules_read_at IS NULL OR schedules_read_at < now() - interval '1 day')
       ORDER BY schedules_read_at NULLS FIRST LIMIT $1`,
      [READ_AT_ONCE],
    ),
  );
  for (const row of stale) {
    const standing = await loadStanding(engine.database, Number(row.tenant_id));
    if (standing !== null) await readOne(engine, standing.tenant);
  }
}

async function readOne(engine: Engine, tenant: Tenant): Promise<void> {
  try {
    await storeLines(engine, tenant, await readLines(engine, tenant));
  } catch (error) {
    engine.log.warn('schedules could not be read', { tenant: tenant.id, error: messageOf(error) });
    if (error instanceof MusterError && error.isRetryable) return;
    await storeLines(engine, tenant, null);
  }
}

interface ScheduleLine {
  agent: string;
  cron: string;
}

/** Null where the configuration is invalid, which no new lines come of. */
async function readLines(engine: Engine, tenant: Tenant): Promise<ScheduleLine[] | null> {
  const github = await engine.githubAccess.forTenant(tenant);
  const { agents, config, configProblems } = await loadCatalogue(github, engine.builtinAgents);
  if (configProblems.length > 0) return null;
  return agents
    .filter(({ name }) => config.agents[name]?.enabled !== false)
    .flatMap(({ name, schedules }) => schedules.map((cron) => ({ agent: name, cron })));
}

/** Notes that the files were read, and what they say; null leaves what is known. */
async function storeLines(engine: Engine, tenant: Tenant, lines: ScheduleLine[] | null): Promise<void> {
  await engine.database.transaction(tenant.id, async (tx) => {
    await tx.query('UPDATE tenants SET schedules_read_at = now() WHERE tenant_id = $1', [tenant.id]);
    if (lines === null) return;
    await tx.query(`DELETE FROM schedules WHERE tenant_id = $1 AND NOT agent || ' ' || cron = ANY($2)`, [
      tenant.id,
      lines.map(({ agent, cron }) => `${agent} ${cron}`),
    ]);
    for (const { agent, cron } of lines) {
      const nextAt = nextFiring(cron, engine.clock.now());
      if (nextAt === null) continue;
      await tx.query(
        `INSERT INTO schedules (tenant_id, agent, cron, next_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        [tenant.id, agent, cron, nextAt],
      );
    }
  });
}

/** The schedules that are due, the longest due first. */
export async function loadDue(tx: Transaction): Promise<DueSchedule[]> {
  const rows = await tx.query<{
    tenant_id: string;
    owner: string;
    name: string;
    installation_id: string;
    agent: string;
    cron: string;
    next_at: Date;
    issue_number: string | null;
  }>(
    `SELECT s.tenant_id::text, t.owner, t.name, t.installation_id::text, s.agent, s.cron, s.next_at,
       s.issue_number::text
     FROM schedules s JOIN tenants t USING (tenant_id)
     WHERE s.next_at <= now() AND t.installation_id IS NOT NULL AND t.removed_at IS NULL AND t.suspended_at IS NULL
     ORDER BY s.next_at LIMIT $1`,
    [FIRED_AT_ONCE],
  );
  return rows.map((row) => ({
    tenant: {
      id: Number(row.tenant_id),
      owner: row.owner,
      name: row.name,
      installationId: Number(row.installation_id),
    },
    agent: row.agent,
    cron: row.cron,
    dueAt: new Date(row.next_at).toISOString(),
    issueNumber: row.issue_number === null ? null : Number(row.issue_number),
  }));
}

/** Goes on to the next time; null means that there is none, and the schedule ends. */
export async function advance(database: Database, due: DueSchedule, nextAt: Date | null): Promise<void> {
  const { tenant, agent, cron } = due;
  await database.transaction(tenant.id, async (tx) =>
    nextAt === null
      ? tx.query('DELETE FROM schedules WHERE tenant_id = $1 AND agent = $2 AND cron = $3', [
          tenant.id,
          agent,
          cron,
        ])
      : tx.query('UPDATE schedules SET next_at = $4 WHERE tenant_id = $1 AND agent = $2 AND cron = $3', [
          tenant.id,
          agent,
          cron,
          nextAt,
        ]),
  );
}

/** All cron lines of an agent have one issue. */
export async function keepIssue(
  database: Database,
  { tenant, agent }: DueSchedule,
  number: number,
): Promise<void> {
  await database.transaction(tenant.id, async (tx) =>
    tx.query('UPDATE schedules SET issue_number = $3 WHERE tenant_id = $1 AND agent = $2', [
      tenant.id,
      agent,
      number,
    ]),
  );
}

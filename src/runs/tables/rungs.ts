import { DEFAULT_RUNG, type HoldCause, type PastDecision } from '../../domain/autonomy.ts';
import type { Autonomy, MusterConfig } from '../../domain/config.ts';
import type { TenantId } from '../../domain/tenant.ts';
import { weighRecord } from '../../judge/autonomy.ts';
import type { Transaction } from '../../ports/database.ts';
import { DECISIONS, STANDS } from './decisions.ts';

/** A decision that counts for an agent's autonomy. */
export interface RungDecision extends PastDecision {
  runId: string;
  /** Of the run's tracking comment; null where the run is no longer kept. */
  url: string | null;
}

/** More than any window of them can make a difference to. */
const MAX_DECISIONS = 500;

export function rungOf(config: Pick<MusterConfig, 'agents'>, agent: string): Autonomy {
  return config.agents[agent]?.autonomy ?? DEFAULT_RUNG;
}

/** Keeps on which rung the configuration has these agents; a change begins a record anew. Tenant scope. */
export async function noteRungs(
  tx: Transaction,
  tenantId: TenantId,
  config: Pick<MusterConfig, 'agents'>,
  agents: readonly string[],
): Promise<void> {
  await tx.query(
    `INSERT INTO rungs AS known (tenant_id, agent, rung) SELECT $1, * FROM unnest($2::text[], $3::text[])
     ON CONFLICT (tenant_id, agent) DO UPDATE SET rung = excluded.rung, since = now() WHERE known.rung <> excluded.rung`,
    [tenantId, [...agents], agents.map((agent) => rungOf(config, agent))],
  );
}

/** The agents about whose work people have decided anything. Tenant scope. */
export async function loadDecidedAgents(tx: Transaction, tenantId: TenantId): Promise<Set<string>> {
  const rows = await tx.query<{ agent: string }>('SELECT DISTINCT agent FROM outcomes WHERE tenant_id = $1', [
    tenantId,
  ]);
  return new Set(rows.map(({ agent }) => agent));
}

/** What people decided of an agent since it came to the rung, the newest 500, oldest first. Tenant scope. */
export async function loadRungDecisions(
  tx: Transaction,
  tenantId: TenantId,
  agent: string,
  rung: Autonomy,
): Promise<RungDecision[]> {
  const rows = await tx.query<Omit<RungDecision, 'at'> & { decided_at: Date }>(
    `SELECT o.decision, o.decided_at, o.run_id AS "runId", r.view->'comment'->>'url' AS url
     FROM outcomes o
     LEFT JOIN rungs g ON g.tenant_id = o.tenant_id AND g.agent = o.agent
     LEFT JOIN runs r ON r.tenant_id = o.tenant_id AND r.run_id = o.run_id
     WHERE o.tenant_id = $1 AND o.agent = $2 AND o.decision = ANY($4) AND ${STANDS}
       AND (g.rung IS NULL OR (g.rung = $3 AND o.decided_at > g.since))
     ORDER BY o.decided_at DESC, o.run_id, o.round LIMIT ${MAX_DECISIONS}`,
    [tenantId, agent, rung, [...DECISIONS]],
  );
  return rows
    .toReversed()
    .map(({ decided_at, ...row }) => ({ ...row, at: new Date(decided_at).toISOString() }));
}

/** Why an agent's effects wait for a person now; null where nothing holds them. Tenant scope. */
export async function loadHold(
  tx: Transaction,
  tenantId: TenantId,
  agent: string,
  rung: Autonomy,
): Promise<HoldCause | null> {
  return weighRecord(rung, await loadRungDecisions(tx, tenantId, agent, rung)).hold?.cause ?? null;
}

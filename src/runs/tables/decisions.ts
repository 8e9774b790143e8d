import type { Run } from '../../domain/run.ts';
import type { RunView } from '../../domain/run-view.ts';
import type { TenantId } from '../../domain/tenant.ts';
import { passesThreshold, type Verdict } from '../../domain/verdict.ts';
import type { Decided } from '../../judge/aggregate.ts';
import { ballotOfVerdict } from '../../judge/panel.ts';
import type { Judged } from '../../judge/report.ts';
import type { Transaction } from '../../ports/database.ts';
import type { Queue } from '../../ports/queue.ts';

/** What people made of what they were shown, or of what came of it. */
export const DECISIONS = ['approved', 'reworked', 'rejected', 'reverted'] as const;

type PersonDecision = (typeof DECISIONS)[number];

/** A decision with the verdict that the person had before them. */
export interface DecidedVerdict {
  agent: string;
  decision: PersonDecision;
  verdict: Extract<Verdict, { kind: 'scored' }>;
}

/** Older decisions than these are of other models, prompts and people. */
const MAX_DECISIONS = 500;

/** SQL of outcomes `o`: a revert takes the approval back. */
export const STANDS = `NOT (o.decision = 'approved' AND EXISTS (SELECT 1 FROM outcomes taken
  WHERE taken.tenant_id = o.tenant_id AND taken.run_id = o.run_id AND taken.decision = 'reverted'))`;

interface Round {
  run: Run;
  round: number;
  view: Pick<RunView, 'verdict'>;
  engine: { queue: Pick<Queue, 'send'> };
}

/**
 * Keeps how a round of a run ended with the verdict as it was shown; once, however often it is called. Beside
 * people's decisions there are `cancelled` and `expired`, which teach nothing. What people decided is weighed
 * by a job that commits with it.
 */
export async function recordDecision(
  tx: Transaction,
  { run, round, view, engine }: Round,
  decision: string,
): Promise<void> {
  const { tenant, runId, work } = run.request;
  const kept = await tx.query(
    // A run is accepted or rejected once: what is pushed to it later is not its work.
    `INSERT INTO outcomes (tenant_id, run_id, round, agent, decision, verdict)
     SELECT $1::bigint, $2, $3::int, $4, $5, $6::jsonb WHERE $5 NOT IN ('approved', 'rejected') OR NOT EXISTS (SELECT 1 FROM outcomes
       WHERE tenant_id = $1 AND run_id = $2 AND decision IN ('approved', 'rejected'))
     ON CONFLICT DO NOTHING RETURNING 1`,
    [tenant.id, runId, round, work.name, decision, JSON.stringify(view.verdict)],
  );
  const isOfPeople = DECISIONS.some((known) => known === decision);
  if (kept.length > 0 && isOfPeople) await askForWeighing(engine.queue, tx, tenant.id);
}

/** Has the records of the repository's agents weighed, soon and surely. */
export async function askForWeighing(
  queue: Pick<Queue, 'send'>,
  tx: Transaction,
  tenantId: TenantId,
): Promise<void> {
  await queue.send('timer', { kind: 'autonomy', tenantId }, { tenantId, tx });
}

/** The newest decisions on scored verdicts, at most 500, newest first. Tenant scope. */
export async function loadDecisions(tx: Transaction, tenantId: TenantId): Promise<DecidedVerdict[]> {
  return tx.query<DecidedVerdict>(
    `SELECT agent, decision, verdict FROM outcomes o
     WHERE tenant_id = $1 AND decision = ANY($2) AND verdict->>'kind' = 'scored' AND ${STANDS}
     ORDER BY decided_at DESC, run_id, round LIMIT ${MAX_DECISIONS}`,
    [tenantId, [...DECISIONS]],
  );
}

/** The decision as the judges learn from it: a rework says `not yet`, which is half of a no. */
export function toDecided({ decision, verdict }: DecidedVerdict): Decided {
  return {
    ballot: ballotOfVerdict(verdict),
    isAccepted: decision === 'approved',
    weight: decision === 'reworked' ? 0.5 : 1,
  };
}

/** The decision as the report on the judges counts it. */
export function toJudged({ agent, decision, verdict }: DecidedVerdict): Judged {
  return {
    agent,
    isPassed: passesThreshold(verdict),
    isAccepted: decision === 'approved',
    score: verdict.score,
    probability: verdict.probability ?? null,
  };
}

import type { Run } from '../domain/run.ts';
import type { RunView } from '../domain/run-view.ts';
import type { TenantId } from '../domain/tenant.ts';
import { passesThreshold, type Verdict } from '../domain/verdict.ts';
import type { Decided } from '../judge/aggregate.ts';
import { ballotOfVerdict } from '../judge/panel.ts';
import type { Judged } from '../judge/report.ts';
import type { Transaction } from '../ports/database.ts';

/** What people made of what they were shown. */
const DECISIONS = ['approved', 'reworked', 'rejected'] as const;

type PersonDecision = (typeof DECISIONS)[number];

/** A decision with the verdict that the person had before them. */
export interface DecidedVerdict {
  agent: string;
  decision: PersonDecision;
  verdict: Extract<Verdict, { kind: 'scored' }>;
}

/** Older decisions than these are of other models, prompts and people. */
const MAX_DECISIONS = 500;

/**
 * Keeps how a round of a run ended with the verdict as it was shown; once, however often it is called. Beside
 * people's decisions there are `cancelled` and `expired`, which teach nothing.
 */
export async function recordDecision(
  tx: Transaction,
  { run, round, view }: { run: Run; round: number; view: Pick<RunView, 'verdict'> },
  decision: string,
): Promise<void> {
  const { tenant, runId, work } = run.request;
  await tx.query(
    `INSERT INTO outcomes (tenant_id, run_id, round, agent, decision, verdict) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING`,
    [tenant.id, runId, round, work.name, decision, JSON.stringify(view.verdict)],
  );
}

/** The newest decisions on scored verdicts, at most 500, newest first. Tenant scope. */
export async function loadDecisions(tx: Transaction, tenantId: TenantId): Promise<DecidedVerdict[]> {
  return tx.query<DecidedVerdict>(
    `SELECT agent, decision, verdict FROM outcomes
     WHERE tenant_id = $1 AND decision = ANY($2) AND verdict->>'kind' = 'scored'
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

import { MusterError } from '../domain/errors.ts';
import type { Run } from '../domain/run.ts';
import type { Database, Transaction } from '../ports/database.ts';
import type { GitHub } from '../ports/github.ts';
import type { Engine } from './engine.ts';
import { fenceGitHub } from './fenced-github.ts';
import { fence, staleAttempt, type ClaimedRun } from './tables/run-rows.ts';

/**
 * GitHub for a claim that was just made. GitHub knows no fences, so the tokens of the attempt before are
 * revoked first, and each of this one's is stored before its first use: what an attempt can still write there
 * ends with the next claim. Throws where GitHub can't be asked to revoke; then nobody goes on yet.
 */
export async function openGitHub(
  engine: Pick<Engine, 'database' | 'githubAccess'>,
  { run, tokens }: ClaimedRun,
): Promise<GitHub> {
  if (tokens.length > 0) {
    await engine.githubAccess.revoke(tokens);
    await forgetTokens(engine.database, run, tokens);
  }
  const github = await engine.githubAccess.forTenant(run.request.tenant, async (sealed) =>
    keepToken(engine.database, run, sealed),
  );
  return fenceGitHub(github, async () => assertHeld(engine.database, run));
}

/** Throws `stale_attempt` where another worker has claimed the run since. */
async function assertHeld(database: Database, run: Run): Promise<void> {
  const { tenant, runId } = run.request;
  const [row] = await database.transaction(tenant.id, async (tx) =>
    tx.query<{ attempt: number }>('SELECT attempt FROM runs WHERE tenant_id = $1 AND run_id = $2', [
      tenant.id,
      runId,
    ]),
  );
  if (row?.attempt !== run.attempt) throw staleAttempt(run);
}

async function keepToken(database: Database, run: Run, sealed: string): Promise<void> {
  const { tenant, runId } = run.request;
  const kept = await database.transaction(tenant.id, async (tx) =>
    tx.query(
      `UPDATE runs SET tokens = array_append(tokens, $4)
       WHERE tenant_id = $1 AND run_id = $2 AND attempt = $3 RETURNING 1`,
      [tenant.id, runId, run.attempt, sealed],
    ),
  );
  if (kept.length === 0) throw staleAttempt(run);
}

async function forgetTokens(database: Database, run: Run, tokens: readonly string[]): Promise<void> {
  const { tenant, runId } = run.request;
  await database.transaction(tenant.id, async (tx) =>
    tx.query(
      `UPDATE runs SET tokens = ARRAY(SELECT unnest(tokens) EXCEPT SELECT unnest($3::text[]))
       WHERE tenant_id = $1 AND run_id = $2`,
      [tenant.id, runId, [...tokens]],
    ),
  );
}

/** Writes that the attempt ends in order: nothing of it is under way or failing, so its tokens need no revoking. */
export async function endAttempt(tx: Transaction, run: Run): Promise<void> {
  await tx.query("UPDATE runs SET tokens = '{}', failing_since = NULL WHERE tenant_id = $1 AND run_id = $2", [
    run.request.tenant.id,
    run.request.runId,
  ]);
}

/** How long a run may meet nothing but failures that may pass; longer than GitHub's limits last. */
const PATIENCE = '2 hours';

/**
 * Notes that the run met a failure that may pass. True once that has gone on for two hours without a step
 * recorded or a move made: then it is an end.
 */
export async function noteFailure(database: Database, run: Run): Promise<boolean> {
  const { tenant, runId } = run.request;
  return database.transaction(tenant.id, async (tx) => {
    await fence(tx, run);
    const [row] = await tx.query<{ is_over: boolean }>(
      `UPDATE runs r SET failing_since = CASE
         WHEN EXISTS (SELECT 1 FROM steps s WHERE s.tenant_id = $1 AND s.run_id = $2 AND s.ended_at > r.failing_since)
         THEN now() ELSE coalesce(r.failing_since, now()) END
       WHERE tenant_id = $1 AND run_id = $2
       RETURNING failing_since < now() - interval '${PATIENCE}' AS is_over`,
      [tenant.id, runId],
    );
    return row?.is_over === true;
  });
}

/** For how long the run has met nothing else, in milliseconds; null before that is an end. */
export async function waitedOut(tx: Transaction, run: Run): Promise<number | null> {
  const [row] = await tx.query<{ waited_ms: number }>(
    `SELECT (extract(epoch FROM now() - failing_since) * 1000)::float8 AS waited_ms FROM runs
     WHERE tenant_id = $1 AND run_id = $2 AND failing_since < now() - interval '${PATIENCE}'`,
    [run.request.tenant.id, run.request.runId],
  );
  return row?.waited_ms ?? null;
}

/** For an error that came of being taken over, or of having to stop: whoever has the run now goes on. */
export function isLostClaim(error: unknown): boolean {
  return error instanceof MusterError && ['stale_attempt', 'stale_job', 'draining'].includes(error.code);
}

import { MusterError } from '../../domain/errors.ts';
import { storableJson } from '../../domain/json.ts';
import { canMove, type Run, type RunRequest, type RunState } from '../../domain/run.ts';
import type { RunView } from '../../domain/run-view.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { Database, Transaction } from '../../ports/database.ts';
import type { Queue } from '../../ports/queue.ts';
import { findOpen } from './find-run.ts';

interface RunRow {
  request: RunRequest;
  state: RunState;
  attempt: number;
  round: number;
  is_tainted: boolean;
  reason: string | null;
  view: RunView | null;
  created_at: Date;
  updated_at: Date;
}

export interface StoredRun {
  run: Run;
  view: RunView | null;
}

/** A run as its new owner gets it. */
export interface ClaimedRun extends StoredRun {
  /** Sealed tokens with which the attempt before may still reach GitHub; none where it ended in order. */
  tokens: string[];
}

const COLUMNS = 'request, state, attempt, round, is_tainted, reason, view, created_at, updated_at';

export type Creation =
  | { kind: 'created' }
  | { kind: 'same_trigger' }
  | { kind: 'already_open'; runId: string }
  /** The subject had its runs of the day without a person in between. */
  | { kind: 'too_many' }
  /** The App was taken off the repository, or suspended. */
  | { kind: 'stopped' };

const MAX_UNATTENDED_A_DAY = 5;

/** People before schedules and events. */
const PRIORITY = { person: 10, event: 0 } as const;

/** Inserts the run and its job in one transaction; a trigger seen before, or an open run, makes none. */
export async function createRun(database: Database, queue: Queue, request: RunRequest): Promise<Creation> {
  const { tenant, runId, subject } = request;
  const work = `${request.work.kind}:${request.work.name}`;
  return database.transaction('system', async (tx) => {
    if (!(await rememberTenant(tx, request))) return { kind: 'stopped' };
    if (request.requester === null && (await countUnattended(tx, request)) >= MAX_UNATTENDED_A_DAY) {
      return { kind: 'too_many' };
    }
    const inserted = await tx.query(
      `INSERT INTO runs (tenant_id, run_id, work, subject_number, state, request)
       VALUES ($1, $2, $3, $4, 'queued', $5) ON CONFLICT DO NOTHING RETURNING run_id`,
      [tenant.id, runId, work, subject.number, JSON.stringify(request)],
    );
    if (inserted.length === 1) {
      await wakeRun(
        queue,
        tx,
        tenant.id,
        runId,
        request.requester === null ? PRIORITY.event : PRIORITY.person,
      );
      return { kind: 'created' };
    }
    const same = await tx.query('SELECT 1 FROM runs WHERE tenant_id = $1 AND run_id = $2', [
      tenant.id,
      runId,
    ]);
    if (same.length > 0) return { kind: 'same_trigger' };
    const open = await findOpen(tx, request);
    // The open run can end between the two statements; then the trigger simply comes again.
    if (open === null) throw new MusterError('run_raced', 'The open run just ended.', { isRetryable: true });
    return { kind: 'already_open', runId: open };
  });
}

/** Runs of this subject in the last day that no person asked for, since the last one that a person did. */
async function countUnattended(tx: Transaction, { tenant, subject, runId }: RunRequest): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM runs WHERE tenant_id = $1 AND subject_number = $2 AND run_id <> $3
     AND request->>'requester' IS NULL AND created_at > now() - interval '1 day'
     AND created_at > coalesce((SELECT max(created_at) FROM runs WHERE tenant_id = $1 AND subject_number = $2
                                AND request->>'requester' IS NOT NULL), '-infinity')`,
    [tenant.id, subject.number, runId],
  );
  return row?.n ?? 0;
}

/** False where nothing may run any more; locks the tenant's row, so that a removal comes before or after. */
async function rememberTenant(tx: Transaction, { tenant }: RunRequest): Promise<boolean> {
  const [row] = await tx.query<{ is_served: boolean }>(
    `INSERT INTO tenants (tenant_id, owner, name, installation_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id) DO UPDATE SET owner = $2, name = $3, installation_id = $4, seen_at = now()
     RETURNING removed_at IS NULL AND suspended_at IS NULL AS is_served`,
    [tenant.id, tenant.owner, tenant.name, tenant.installationId],
  );
  return row?.is_served === true;
}

/** Puts the run's job into the queue; while one is queued or active, another is dropped. */
export async function wakeRun(
  queue: Queue,
  tx: Transaction,
  tenantId: TenantId,
  runId: string,
  priority: number = PRIORITY.person,
): Promise<void> {
  await queue.send(
    'run',
    { tenantId, runId },
    { tenantId, priority, singletonKey: `${tenantId}/${runId}`, tx },
  );
}

/** Takes the run over: raises its attempt number, so that nobody who claimed it before can write any more. */
export async function claimRun(
  database: Database,
  tenantId: TenantId,
  runId: string,
): Promise<ClaimedRun | null> {
  const [row] = await database.statement<RunRow & { tokens: string[] }>(
    'system',
    `UPDATE runs SET attempt = attempt + 1, updated_at = now() WHERE tenant_id = $1 AND run_id = $2
     RETURNING ${COLUMNS}, tokens`,
    [tenantId, runId],
  );
  return row === undefined ? null : { ...fromRow(row), tokens: row.tokens };
}

export async function loadRun(tx: Transaction, tenantId: TenantId, runId: string): Promise<StoredRun | null> {
  const [row] = await tx.query<RunRow>(`SELECT ${COLUMNS} FROM runs WHERE tenant_id = $1 AND run_id = $2`, [
    tenantId,
    runId,
  ]);
  return row === undefined ? null : fromRow(row);
}

/** Newest first. `subjectNumber: null` means the whole tenant. */
export async function listRuns(
  tx: Transaction,
  tenantId: TenantId,
  subjectNumber: number | null,
  limit: number,
): Promise<StoredRun[]> {
  const rows = await tx.query<RunRow>(
    `SELECT ${COLUMNS} FROM runs WHERE tenant_id = $1 AND ($2::bigint IS NULL OR subject_number = $2)
     ORDER BY created_at DESC LIMIT $3`,
    [tenantId, subjectNumber, limit],
  );
  return rows.map(fromRow);
}

/** Locks the run for this transaction and refuses whoever no longer holds it (`stale_attempt`). */
export async function fence(tx: Transaction, run: Run): Promise<void> {
  const { tenant, runId } = run.request;
  const [row] = await tx.query<{ attempt: number }>(
    'SELECT attempt FROM runs WHERE tenant_id = $1 AND run_id = $2 FOR NO KEY UPDATE',
    [tenant.id, runId],
  );
  if (row?.attempt !== run.attempt) throw staleAttempt(run);
}

/** Nobody has worked on the run before: there is nothing recorded to be read. */
export function isFirstClaim({ attempt }: Run): boolean {
  return attempt === 1;
}

/** What a worker meets that was taken over. */
export function staleAttempt({ request, attempt }: Run): MusterError {
  return new MusterError('stale_attempt', 'Another worker has taken this run over.', {
    value: { runId: request.runId, attempt },
  });
}

export interface RunChange {
  state?: RunState;
  round?: number;
  isTainted?: boolean;
  reason?: string | null;
  view?: Omit<RunView, 'run'>;
}

/** Writes what changed, fenced, and gives the run as it is then. Illegal moves throw `illegal_move`. */
export async function changeRun(tx: Transaction, run: Run, change: RunChange): Promise<Run> {
  const next: Run = {
    ...run,
    state: change.state ?? run.state,
    round: change.round ?? run.round,
    isTainted: run.isTainted || (change.isTainted ?? false),
    reason: change.reason === undefined ? run.reason : change.reason,
  };
  if (next.state !== run.state && !canMove(run.state, next.state)) {
    await fence(tx, run);
    throw new MusterError('illegal_move', `A run does not go from ${run.state} to ${next.state}.`, {
      value: { from: run.state, to: next.state },
    });
  }
  const changed = await tx.query(
    `UPDATE runs SET state = $3, round = $4, is_tainted = $5, reason = $6, view = coalesce($7::jsonb, view),
     failing_since = CASE WHEN state = $3 THEN failing_since END, updated_at = now()
     WHERE tenant_id = $1 AND run_id = $2 AND attempt = $8 RETURNING 1`,
    [
      run.request.tenant.id,
      run.request.runId,
      next.state,
      next.round,
      next.isTainted,
      next.reason,
      change.view === undefined ? null : storableJson(JSON.stringify({ ...change.view, run: next })),
      run.attempt,
    ],
  );
  if (changed.length === 0) throw staleAttempt(run);
  return next;
}

function fromRow(row: RunRow): StoredRun {
  return {
    view: row.view,
    run: {
      request: row.request,
      state: row.state,
      attempt: row.attempt,
      round: row.round,
      isTainted: row.is_tainted,
      reason: row.reason,
      createdAt: new Date(row.created_at).toISOString(),
      updatedAt: new Date(row.updated_at).toISOString(),
    },
  };
}

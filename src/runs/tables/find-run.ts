import type { Run, RunRequest, RunState } from '../../domain/run.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { Transaction } from '../../ports/database.ts';
import type { Engine } from '../engine.ts';

export interface NamedRun {
  runId: string;
  work: string;
  state: RunState;
  /** The issue or pull request that it works for. */
  subject: number;
  /** The pull request that it opened. */
  pull: number | null;
}

export interface FoundRun extends NamedRun {
  /** False for one that has shown no checks, e.g. a dry run. */
  hasChecks: boolean;
  /** True for the one that opened this pull request. */
  isOpener: boolean;
}

const NAMED = 'run_id AS "runId", work, state, subject_number::int AS subject, pull_number::int AS pull';

/** Runs that work for this issue or pull request, or that opened this pull request; newest first. */
export async function findRuns(tx: Transaction, tenantId: TenantId, number: number): Promise<FoundRun[]> {
  return tx.query<FoundRun>(
    `SELECT ${NAMED}, view->>'checksDigest' IS NOT NULL AS "hasChecks",
       pull_number IS NOT DISTINCT FROM $2 AS "isOpener" FROM runs
     WHERE tenant_id = $1 AND (subject_number = $2 OR pull_number = $2)
     ORDER BY created_at DESC LIMIT 100`,
    [tenantId, number],
  );
}

/** The runs of these ids, newest first. */
export async function findNamed(tx: Transaction, tenantId: TenantId, runIds: string[]): Promise<NamedRun[]> {
  return tx.query<NamedRun>(
    `SELECT ${NAMED} FROM runs WHERE tenant_id = $1 AND run_id = ANY($2) ORDER BY created_at DESC`,
    [tenantId, runIds],
  );
}

/** The open run of the same agent on the same subject: there is one at most. */
export async function findOpen(
  tx: Transaction,
  { tenant, subject, work }: RunRequest,
): Promise<string | null> {
  const [open] = await tx.query<{ run_id: string }>(
    `SELECT run_id FROM runs WHERE tenant_id = $1 AND subject_number = $2 AND work = $3
     AND state IN ('queued', 'working', 'judging', 'waiting', 'publishing')`,
    [tenant.id, subject.number, `${work.kind}:${work.name}`],
  );
  return open?.run_id ?? null;
}

/** The run that took an ended one's place: while it is open, the ended one can't go on. */
export async function findSuccessor(tx: Transaction, { request }: Run): Promise<string | null> {
  const open = await findOpen(tx, request);
  return open === request.runId ? null : open;
}

/** The run that has that signal already: whoever took it in may have died before they closed the delivery. */
export async function takerOf(
  { database }: Pick<Engine, 'database'>,
  tenantId: TenantId,
  runs: readonly NamedRun[],
  signalId: string,
): Promise<string | null> {
  const [taker] = await database.transaction(tenantId, async (tx) =>
    tx.query<{ runId: string }>(
      `SELECT run_id AS "runId" FROM signals WHERE tenant_id = $1 AND run_id = ANY($2) AND signal_id = $3`,
      [tenantId, runs.map(({ runId }) => runId), signalId],
    ),
  );
  return taker?.runId ?? null;
}

/** True for a pull request that a run of this tenant opened. */
export async function isOwnPullRequest(
  tx: Transaction,
  tenantId: TenantId,
  number: number,
): Promise<boolean> {
  const rows = await tx.query('SELECT 1 FROM runs WHERE tenant_id = $1 AND pull_number = $2 LIMIT 1', [
    tenantId,
    number,
  ]);
  return rows.length > 0;
}

export type Chosen = { kind: 'chosen'; runId: string } | { kind: 'unclear'; text: string };

/** The run that a command without an id means: the only one in a state that the command can move. */
export function chooseRun(
  runs: readonly NamedRun[],
  named: string | null,
  movable: readonly RunState[],
  command: string,
): Chosen {
  if (named !== null) {
    return runs.some((run) => run.runId === named)
      ? { kind: 'chosen', runId: named }
      : { kind: 'unclear', text: `There is no run \`${named}\` here.${listOf(runs)}` };
  }
  const fitting = runs.filter((run) => movable.includes(run.state));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return { kind: 'chosen', runId: only.runId };
  if (only === undefined)
    return { kind: 'unclear', text: `\`/${command}\`: ${nothingReason(runs, movable)}` };
  return { kind: 'unclear', text: `\`/${command}\` could mean several runs: name one.${listOf(fitting)}` };
}

function nothingReason(runs: readonly NamedRun[], movable: readonly RunState[]): string {
  const [newest] = runs;
  if (newest === undefined) return 'no run works here. `/agents` lists what can be asked for.';
  return `no run here is ${movable.join(' or ')}; the newest, \`${newest.runId}\`, is ${newest.state}.`;
}

function listOf(runs: readonly NamedRun[]): string {
  if (runs.length === 0) return '';
  return ` ${runs
    .slice(0, 5)
    .map((run) => `\`${run.runId}\` (${run.work}, ${run.state})`)
    .join(', ')}.`;
}

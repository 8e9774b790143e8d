import { digestOf, sha256 } from '../../domain/digest.ts';
import { MusterError } from '../../domain/errors.ts';
import { canonicalJson, storableJson, type Json } from '../../domain/json.ts';
import type { Run } from '../../domain/run.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Database, SqlValue, Transaction } from '../../ports/database.ts';
import { isFirstClaim, staleAttempt } from './run-rows.ts';

export type StepKind =
  | 'prepare'
  | 'work'
  | 'turn'
  | 'tool'
  | 'guard'
  | 'judge'
  | 'gate'
  | 'commit'
  | 'signal'
  | 'end';

export interface StepSpec {
  /** Stable in its run and round, e.g. `turn-3`. */
  key: string;
  kind: StepKind;
  /** What the step depends on; a recorded step met with another input stops the run. */
  input: unknown;
}

export interface Journal {
  /**
   * The recorded output, or what `work` returns, recorded. `alongside` writes in the recording's own
   * transaction. Outputs are plain JSON. Throws `journal_diverged` where a recorded step meets another
   * input, `stale_attempt` where the run was taken over.
   */
  step<T>(
    spec: StepSpec,
    work: () => Promise<T>,
    alongside?: (tx: Transaction, output: T) => Promise<void>,
  ): Promise<T>;
  has(key: string): boolean;
}

interface Recorded {
  inputDigest: string;
  output: unknown;
}

/** Outputs longer than this go to the content-addressed table, not into the row. */
const INLINE_LIMIT = 8_192;

/**
 * The fence of `run-rows.ts` in the same statement: a step is written by whoever holds the run. A large output that
 * is there already gets a new time, so that the sweep of what no step names lets go of it.
 */
const RECORD = `
  WITH held AS (SELECT 1 FROM runs WHERE tenant_id = $1 AND run_id = $2 AND attempt = $8 FOR NO KEY UPDATE),
  large AS (
    INSERT INTO results (tenant_id, digest, body) SELECT $1, $7, $11 FROM held WHERE $7::text IS NOT NULL
    ON CONFLICT (tenant_id, digest) DO UPDATE SET created_at = now()
  )
  INSERT INTO steps (tenant_id, run_id, key, kind, input_digest, output, result_digest, attempt, started_at, ended_at)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM held RETURNING 1`;

/** The journal of one claimed run, with all that is recorded already. `prefix` keeps rounds apart. */
export async function openJournal(
  database: Database,
  run: Run,
  clock: Clock,
): Promise<(prefix: string) => Journal> {
  const { tenant, runId } = run.request;
  const recorded = isFirstClaim(run)
    ? new Map<string, Recorded>()
    : await database.transaction(tenant.id, async (tx) => loadSteps(tx, tenant.id, runId));

  const rowOf = (
    key: string,
    { kind }: StepSpec,
    startedAt: Date,
    { inputDigest, output }: Recorded,
  ): SqlValue[] => {
    const body = JSON.stringify(output ?? null);
    const isLarge = body.length > INLINE_LIMIT;
    return [
      tenant.id,
      runId,
      key,
      kind,
      inputDigest,
      isLarge ? null : body,
      isLarge ? sha256(body) : null,
      run.attempt,
      startedAt,
      clock.now(),
      isLarge ? body : null,
    ];
  };
  const assertHeld = (rows: unknown[]): void => {
    if (rows.length === 0) throw staleAttempt(run);
  };

  return (prefix) => ({
    has: (key) => recorded.has(prefix + key),
    step: async <T>(
      spec: StepSpec,
      work: () => Promise<T>,
      alongside?: (tx: Transaction, output: T) => Promise<void>,
    ): Promise<T> => {
      const key = prefix + spec.key;
      const before = recorded.get(key);
      if (before !== undefined) {
        refuseDivergence(key, before, spec);
        return before.output as T;
      }
      const startedAt = clock.now();
      const output = asRecorded(await work());
      const step: Recorded = { inputDigest: digestOf(spec.input), output };
      const row = rowOf(key, spec, startedAt, step);
      if (alongside === undefined) assertHeld(await database.statement(tenant.id, RECORD, row));
      else {
        await database.transaction(tenant.id, async (tx) => {
          assertHeld(await tx.query(RECORD, row));
          await alongside(tx, output);
        });
      }
      recorded.set(key, step);
      return output;
    },
  });
}

function refuseDivergence(key: string, before: Recorded, spec: StepSpec): void {
  if (before.inputDigest === digestOf(spec.input)) return;
  throw new MusterError(
    'journal_diverged',
    `Step \`${key}\` was recorded for another input: this build does not go on where the earlier one stopped.`,
    { value: key },
  );
}

async function loadSteps(tx: Transaction, tenantId: number, runId: string): Promise<Map<string, Recorded>> {
  const rows = await tx.query<StepRow>(
    `SELECT s.key, s.input_digest, s.output, s.result_digest, r.body FROM steps s
     LEFT JOIN results r ON r.tenant_id = s.tenant_id AND r.digest = s.result_digest
     WHERE s.tenant_id = $1 AND s.run_id = $2 ORDER BY s.sequence`,
    [tenantId, runId],
  );
  return new Map(
    rows.map((row) => [row.key, { inputDigest: row.input_digest, output: asRecorded(outputOf(row)) }]),
  );
}

interface StepRow {
  key: string;
  input_digest: string;
  output: Json;
  result_digest: string | null;
  body: string | null;
}

function outputOf({ key, output, result_digest, body }: StepRow): unknown {
  if (result_digest === null) return output;
  if (body !== null) return JSON.parse(body);
  throw new MusterError('journal_changed', `The output of step \`${key}\` is gone.`, { value: key });
}

/**
 * An output in the one form that it has at its first use and after every restart: the database keeps neither
 * the order of keys nor `undefined`, and what is made of an output (a prompt, a comment) may depend on both.
 */
export function asRecorded<T>(output: T): T {
  return JSON.parse(storableJson(canonicalJson(output ?? null))) as T;
}

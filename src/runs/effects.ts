import { digestOf } from '../domain/digest.ts';
import type { Effect, EffectState, Receipt } from '../domain/effect.ts';
import { MusterError } from '../domain/errors.ts';
import type { Transaction } from '../ports/database.ts';
import type { Session } from './session.ts';
import { fence } from './run-rows.ts';

/** One thing to be done on GitHub at most once. */
export interface EffectSpec {
  /** Stable in its run, e.g. `publish:r0:p1`. */
  key: string;
  kind: string;
  /** What is to be done; recorded as a digest before the call. */
  intent: unknown;
  /** False where GitHub can't be asked: a call without an answer is then `unknown`. */
  canBeFound: boolean;
  /** Asks GitHub whether it is there already. */
  find(): Promise<Receipt | null>;
  perform(): Promise<Receipt>;
  /** Reads back that it is there as intended. */
  verify(receipt: Receipt): Promise<boolean>;
}

interface EffectRow {
  state: EffectState;
  intent: string;
  receipt: Receipt | null;
  reason: string | null;
}

const MAX_TRIES = 6;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 60_000;
/** Reading back can lag behind writing; after this long the outcome is unknown. */
const READ_BACK_MS = 60_000;

/** Failures after which the call may have worked all the same. */
const UNCLEAR = new Set(['github_unavailable']);

/**
 * Intent, call, receipt, read-back. A recorded end is final; an intent without an end (this worker or an
 * earlier one died, or the connection broke) first asks GitHub, and only then acts.
 */
export async function carryOut(session: Session, spec: EffectSpec): Promise<Effect> {
  const before = await load(session, spec.key);
  if (before !== null && before.state !== 'intended') return { ...spec, ...pick(before) };
  let mustLook = before !== null;
  if (before === null) await intend(session, spec);
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (mustLook && !spec.canBeFound)
        return await end(session, spec, 'unknown', null, 'GitHub gave no answer');
      const found = mustLook ? await spec.find() : null;
      mustLook = false;
      const receipt = found ?? (await spec.perform());
      return await readBack(session, spec, receipt);
    } catch (error) {
      if (!(error instanceof MusterError) || error.code === 'stale_attempt') throw error;
      session.signal.throwIfAborted();
      if (UNCLEAR.has(error.code)) mustLook = true;
      if (!error.isRetryable) return await end(session, spec, 'failed', null, error.message);
      if (attempt === MAX_TRIES)
        return await end(session, spec, mustLook ? 'unknown' : 'failed', null, error.message);
      await session.engine.clock.sleep(delayAfter(error, attempt), session.signal);
    }
  }
}

/** Every effect of the run, in the order in which they were intended. */
export async function loadEffects(tx: Transaction, tenantId: number, runId: string): Promise<Effect[]> {
  const rows = await tx.query<EffectRow & { key: string; kind: string }>(
    'SELECT key, kind, state, intent, receipt, reason FROM effects WHERE tenant_id = $1 AND run_id = $2 ORDER BY intended_at, key',
    [tenantId, runId],
  );
  return rows.map((row) => ({ key: row.key, kind: row.kind, ...pick(row) }));
}

function pick(row: EffectRow): Pick<Effect, 'state' | 'receipt' | 'reason'> {
  return { state: row.state, receipt: row.receipt, reason: row.reason };
}

async function readBack(session: Session, spec: EffectSpec, receipt: Receipt): Promise<Effect> {
  await write(session, spec, { state: 'intended', receipt, reason: null });
  const { clock } = session.engine;
  const giveUpAt = clock.now().getTime() + READ_BACK_MS;
  for (let attempt = 1; ; attempt += 1) {
    const isThere = await spec.verify(receipt).catch((error: unknown) => {
      if (error instanceof MusterError && error.isRetryable) return false;
      throw error;
    });
    if (isThere) return end(session, spec, 'verified', receipt, null);
    if (clock.now().getTime() >= giveUpAt) {
      return end(session, spec, 'unknown', receipt, 'it could not be read back from GitHub');
    }
    await clock.sleep(Math.min(10_000, FIRST_DELAY_MS * 2 ** (attempt - 1)), session.signal);
  }
}

async function end(
  session: Session,
  spec: EffectSpec,
  state: EffectState,
  receipt: Receipt | null,
  reason: string | null,
): Promise<Effect> {
  await write(session, spec, { state, receipt, reason });
  return { key: spec.key, kind: spec.kind, state, receipt, reason };
}

/** GitHub's own word first, else doubling pauses. */
function delayAfter(error: MusterError, attempt: number): number {
  const { value } = error;
  const asked =
    typeof value === 'object' &&
    value !== null &&
    'retryAfterMs' in value &&
    typeof value.retryAfterMs === 'number'
      ? value.retryAfterMs
      : 0;
  return Math.max(asked, Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)));
}

async function load(session: Session, key: string): Promise<EffectRow | null> {
  const { tenant, runId } = session.run.request;
  const [row] = await session.engine.database.transaction(tenant.id, async (tx) =>
    tx.query<EffectRow>(
      'SELECT state, intent, receipt, reason FROM effects WHERE tenant_id = $1 AND run_id = $2 AND key = $3',
      [tenant.id, runId, key],
    ),
  );
  return row ?? null;
}

async function intend(session: Session, spec: EffectSpec): Promise<void> {
  const { tenant, runId } = session.run.request;
  await session.engine.database.transaction(tenant.id, async (tx) => {
    await fence(tx, session.run);
    await tx.query(
      `INSERT INTO effects (tenant_id, run_id, key, kind, state, intent, attempt)
       VALUES ($1, $2, $3, $4, 'intended', $5, $6)`,
      [tenant.id, runId, spec.key, spec.kind, digestOf(spec.intent), session.run.attempt],
    );
  });
}

async function write(
  session: Session,
  spec: EffectSpec,
  outcome: { state: EffectState; receipt: Receipt | null; reason: string | null },
): Promise<void> {
  const { tenant, runId } = session.run.request;
  await session.engine.database.transaction(tenant.id, async (tx) => {
    await fence(tx, session.run);
    await tx.query(
      `UPDATE effects SET state = $4, receipt = $5, reason = $6, attempt = $7,
       settled_at = CASE WHEN $4 = 'intended' THEN NULL ELSE now() END
       WHERE tenant_id = $1 AND run_id = $2 AND key = $3`,
      [
        tenant.id,
        runId,
        spec.key,
        outcome.state,
        outcome.receipt === null ? null : JSON.stringify(outcome.receipt),
        outcome.reason,
        session.run.attempt,
      ],
    );
  });
}

import type { Effect, EffectState, Receipt } from '../domain/effect.ts';
import { messageOf, MusterError, retryAfterOf } from '../domain/errors.ts';
import {
  forgetIntent,
  intendEffect,
  readEffect,
  recordEffect,
  type EffectIdentity,
} from './tables/effect-rows.ts';
import type { Engine } from './engine.ts';
import type { Session } from './session.ts';
import { isLostClaim } from './takeover.ts';

/** What carrying out needs of a run's session. */
export type Outbox = Pick<Session, 'run' | 'signal'> & { engine: Pick<Engine, 'database' | 'clock'> };

/** One thing to be done on GitHub at most once. */
export interface EffectSpec extends EffectIdentity {
  /** False where GitHub can't be asked: a call without an answer is then `unknown`. */
  canBeFound: boolean;
  /** Asks GitHub whether it is there already. */
  find(): Promise<Receipt | null>;
  /** Asks GitHub whether it was there, and somebody undid it, since then: then it is not done again. */
  wasUndone?(since: string): Promise<boolean>;
  perform(): Promise<Receipt>;
  /** Reads back that it is there as intended. */
  verify(receipt: Receipt): Promise<boolean>;
}

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 60_000;
/** Reading back can lag behind writing; after this long the outcome is unknown. */
const READ_BACK_MS = 60_000;
/** GitHub's lists lag, too: what they don't show is looked for once more after this, before it is repeated. */
const SETTLING_MS = 3_000;
/** The longest that one wait keeps the worker from other runs; then the job is handed back. */
export const MAX_HOLD_MS = 60_000;
/** How long GitHub's limits and outages are waited out: longer than the longest limit. */
const PATIENCE_MS = 2 * 3_600_000;

/** Failures after which the call may have worked all the same. */
const UNCLEAR = new Set(['github_unavailable']);

const UNDONE = 'it was there and is no more: someone has undone it';
export const CANCELLED_MIDWAY = 'cancelled while it was under way';

/** What is known of an effect while it is under way. */
interface Progress {
  /** ISO 8601. */
  intendedAt: string;
  /** A call was sent, by this attempt or an earlier one, to which there is no answer. */
  isUnclear: boolean;
  receipt: Receipt | null;
}

/**
 * Intent, call, receipt, read-back. A recorded end is final; an intent without an end (this worker or an
 * earlier one died, or the connection broke) first asks GitHub, and only then acts. Limits and outages are
 * waited out, here or, by what is thrown, in the queue; a cancel ends the waiting, and what is then unclear is looked
 * up once.
 */
export async function carryOut(session: Outbox, spec: EffectSpec): Promise<Effect> {
  const { database } = session.engine;
  const before = await readEffect(database, session.run, spec);
  if (before !== null && before.state !== 'intended') return before;
  session.signal.throwIfAborted();
  const { intendedAt, receipt } = before ?? (await intendEffect(database, session.run, spec));
  const progress: Progress = { intendedAt, isUnclear: before !== null, receipt };
  try {
    // An attempt before this one had GitHub's answer already.
    if (progress.receipt !== null)
      return await readBack(session, spec, progress, progress.receipt, 'skipped');
    const called = await call(session, spec, progress);
    if (called.kind === 'ended') return called.effect;
    progress.receipt = called.receipt;
    await record(session, spec, 'intended', called.receipt, null);
    return await readBack(session, spec, progress, called.receipt, 'unknown');
  } catch (error) {
    if (error instanceof MusterError && error.code === 'cancelled') await abandon(session, spec, progress);
    throw error;
  }
}

type Called = { kind: 'done'; receipt: Receipt } | { kind: 'ended'; effect: Effect };

async function call(session: Outbox, spec: EffectSpec, progress: Progress): Promise<Called> {
  const { clock } = session.engine;
  const giveUpAt = clock.now().getTime() + PATIENCE_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const known = progress.isUnclear ? await lookUp(session, spec, progress) : null;
      return known ?? { kind: 'done', receipt: await perform(spec, progress) };
    } catch (error) {
      session.signal.throwIfAborted();
      if (!isAnswerOfGitHub(error)) throw error;
      if (!error.isRetryable) return ended(session, spec, 'failed', error.message);
      if (clock.now().getTime() >= giveUpAt)
        return ended(session, spec, progress.isUnclear ? 'unknown' : 'failed', error.message);
      const delayMs = delayAfter(error, attempt);
      if (delayMs > MAX_HOLD_MS) {
        // What was clearly refused needs no looking up.
        if (!progress.isUnclear) await forgetIntent(session.engine.database, session.run, spec);
        throw error;
      }
      await clock.sleep(delayMs, session.signal);
    }
  }
}

/** What came of a call without an answer; null where GitHub shows, twice, that it didn't happen. */
async function lookUp(session: Outbox, spec: EffectSpec, { intendedAt }: Progress): Promise<Called | null> {
  if (!spec.canBeFound) return ended(session, spec, 'unknown', 'GitHub gave no answer');
  for (const pauseMs of [0, SETTLING_MS]) {
    if (pauseMs > 0) await session.engine.clock.sleep(pauseMs, session.signal);
    const receipt = await spec.find();
    if (receipt !== null) return { kind: 'done', receipt };
    if (await spec.wasUndone?.(intendedAt)) return ended(session, spec, 'skipped', UNDONE);
  }
  return null;
}

async function perform(spec: EffectSpec, progress: Progress): Promise<Receipt> {
  progress.isUnclear = true;
  try {
    return await spec.perform();
  } catch (error) {
    progress.isUnclear = !(error instanceof MusterError) || UNCLEAR.has(error.code);
    throw error;
  }
}

/** Anything else (the database is away, the run was taken over) is not the outbox's to wait out. */
function isAnswerOfGitHub(error: unknown): error is MusterError {
  if (!(error instanceof MusterError) || isLostClaim(error)) return false;
  return !error.isRetryable || error.code.startsWith('github_');
}

/** `whenGone`: what it is where GitHub goes on not to show it. */
async function readBack(
  session: Outbox,
  spec: EffectSpec,
  { intendedAt }: Progress,
  receipt: Receipt,
  whenGone: 'unknown' | 'skipped',
): Promise<Effect> {
  const { clock } = session.engine;
  const patientUntil = clock.now().getTime() + PATIENCE_MS;
  let giveUpAt: number | null = null;
  for (let attempt = 1; ; attempt += 1) {
    let delayMs = Math.min(10_000, FIRST_DELAY_MS * 2 ** (attempt - 1));
    try {
      if (await spec.verify(receipt)) return await record(session, spec, 'verified', receipt, null);
      if (await spec.wasUndone?.(intendedAt)) return await record(session, spec, 'skipped', receipt, UNDONE);
      // The minute counts from GitHub's first answer: an outage says nothing about what is there.
      giveUpAt ??= clock.now().getTime() + READ_BACK_MS;
    } catch (error) {
      session.signal.throwIfAborted();
      if (!isAnswerOfGitHub(error)) throw error;
      if (!error.isRetryable) return record(session, spec, 'unknown', receipt, error.message);
      delayMs = delayAfter(error, attempt);
      if (delayMs > MAX_HOLD_MS) throw error;
    }
    if (clock.now().getTime() >= (giveUpAt ?? patientUntil)) {
      const reason = whenGone === 'skipped' ? UNDONE : 'it could not be read back from GitHub';
      return record(session, spec, giveUpAt === null ? 'unknown' : whenGone, receipt, reason);
    }
    await clock.sleep(delayMs, session.signal);
  }
}

/** A cancel waits for nothing: what may have happened is looked up once, the rest doesn't happen. */
async function abandon(session: Outbox, spec: EffectSpec, progress: Progress): Promise<void> {
  if (progress.receipt === null && !progress.isUnclear) {
    await record(session, spec, 'skipped', null, 'cancelled before it happened');
    return;
  }
  try {
    const receipt = progress.receipt ?? (spec.canBeFound ? await spec.find() : null);
    const isThere = receipt !== null && (await spec.verify(receipt));
    await record(session, spec, isThere ? 'verified' : 'unknown', receipt, isThere ? null : CANCELLED_MIDWAY);
  } catch (error) {
    if (!isAnswerOfGitHub(error)) throw error;
    const reason = `${CANCELLED_MIDWAY}: ${messageOf(error)}`;
    await record(session, spec, 'unknown', progress.receipt, reason);
  }
}

async function ended(session: Outbox, spec: EffectSpec, state: EffectState, reason: string): Promise<Called> {
  return { kind: 'ended', effect: await record(session, spec, state, null, reason) };
}

async function record(
  session: Outbox,
  { key, kind }: EffectSpec,
  state: EffectState,
  receipt: Receipt | null,
  reason: string | null,
): Promise<Effect> {
  const effect = { key, kind, state, receipt, reason };
  await recordEffect(session.engine.database, session.run, effect);
  return effect;
}

/** GitHub's own word first, else doubling pauses. */
function delayAfter(error: MusterError, attempt: number): number {
  return Math.max(retryAfterOf(error), Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)));
}

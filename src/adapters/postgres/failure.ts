import { messageOf, MusterError } from '../../domain/errors.ts';

/**
 * SQLSTATE classes and codes after which the same transaction may succeed later: connection, resources (a full
 * disk among them), shutdown, I/O, serialisation and deadlock.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const PASSING_STATES = /^(?:08|53|57P0|58030|40001|40P01)/;

const PASSING_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
]);

/** What `pg` says without any code when its connection went away, or none could be had in time. */
const PASSING_WORDS =
  /connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|query read timeout|client was closed/i;

/**
 * A failure of the database itself as retryable `database_unavailable`; everything else as it is. A transaction
 * that failed so may have been committed all the same.
 */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof MusterError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isPassing =
    PASSING_STATES.test(code) || PASSING_SYSTEM_CODES.has(code) || PASSING_WORDS.test(error.message);
  if (!isPassing) return error;
  return new MusterError('database_unavailable', messageOf(error), {
    value: code || null,
    cause: error,
    isRetryable: true,
  });
}

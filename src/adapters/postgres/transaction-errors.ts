import { MusterError } from '../../domain/errors.ts';

/** For a statement that comes after the end of its transaction, where it would be nobody's. */
export function closedTransaction(): MusterError {
  return new MusterError('transaction_closed', 'The transaction has ended: await each of its statements.');
}

/**
 * PostgreSQL answers COMMIT with ROLLBACK where a statement had failed; then nothing was written, whatever the
 * code made of that failure. Throws `transaction_aborted`.
 */
export function assertCommitted(command: unknown): void {
  if (command === 'ROLLBACK') {
    throw new MusterError('transaction_aborted', 'A statement had failed, so nothing was committed.');
  }
}

import { statfsSync } from 'node:fs';
import { MusterError } from '../../domain/errors.ts';

const MEGABYTE = 1024 ** 2;

/**
 * PostgreSQL's log grows by files of 16 MB, and PGlite never returns from a call in which it can't make the next
 * one (0.5.16: the whole process hangs). Four of them are more than the largest transaction writes.
 */
const RESERVE_BYTES = 64 * MEGABYTE;

export function hasSpace(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= RESERVE_BYTES;
}

/** Throws `database_unavailable`, retryable, where the disk of the folder is all but full. */
export function assertSpace(folder: string): void {
  if (hasSpace(folder)) return;
  throw new MusterError(
    'database_unavailable',
    `Less than ${RESERVE_BYTES / MEGABYTE} MB are free where ${folder} lies: nothing is written until there are.`,
    { value: 'ENOSPC', isRetryable: true },
  );
}

import { MusterError } from '../../domain/errors.ts';
import type { Scope } from '../../ports/database.ts';

/**
 * The statements that put a transaction into its scope, to be sent with its BEGIN: role and tenant, for this
 * transaction only. Nothing in system scope, where the connection's own role stays.
 */
export function scopeStatements(scope: Scope): string {
  if (scope === 'system') return '';
  // SET takes no parameters, so only what is a number for certain may stand in it.
  if (!Number.isSafeInteger(scope)) {
    throw new MusterError('invalid_scope', 'A tenant is a whole number.', { value: scope });
  }
  return `SET LOCAL ROLE muster_tenant; SET LOCAL muster.tenant = '${scope}';`;
}

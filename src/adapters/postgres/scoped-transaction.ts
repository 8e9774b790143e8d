import type { Scope, Transaction } from '../../ports/database.ts';

/**
 * Puts a transaction into its scope. One statement sets role and tenant for this transaction only; in system
 * scope the connection's own role stays.
 */
export async function enterScope(tx: Transaction, scope: Scope): Promise<void> {
  if (scope === 'system') return;
  await tx.query("SELECT set_config('role', 'muster_tenant', true), set_config('muster.tenant', $1, true)", [
    String(scope),
  ]);
}

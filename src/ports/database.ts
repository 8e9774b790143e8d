import type { TenantId } from '../domain/tenant.ts';

/** A parameter as both PGlite and pg take it; pass JSON columns as text, bytes as Uint8Array. */
export type SqlValue = string | number | boolean | null | Date | Uint8Array | string[] | number[];

export interface Transaction {
  /** Rows in the order of the statement; throws with PostgreSQL's `code` on failure. */
  query<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
}

/**
 * `system` owns what has no tenant yet (inbox, claims, migrations). A tenant id runs the transaction under
 * a role that owns nothing, with row-level security on that tenant: other tenants' rows don't exist in it.
 */
export type Scope = TenantId | 'system';

export interface Database {
  /** Commits when `work` resolves, rolls back when it throws. READ COMMITTED. */
  transaction<T>(scope: Scope, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** A transaction of one statement, which costs one way to the database instead of three. */
  statement<Row>(scope: Scope, sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
  /** False where the database doesn't answer, for readiness. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

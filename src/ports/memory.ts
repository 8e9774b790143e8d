import type { Note } from '../domain/note.ts';
import type { TenantId } from '../domain/tenant.ts';

/** Notes of one tenant at a time; there is no call that sees two. */
export interface NoteStore {
  get(tenantId: TenantId, noteId: string): Promise<Note | null>;
  put(tenantId: TenantId, note: Note): Promise<void>;
  remove(tenantId: TenantId, noteId: string): Promise<boolean>;
  /** Every note that has not expired, newest first. */
  list(tenantId: TenantId): Promise<Note[]>;
  /** Erases the tenant. */
  clear(tenantId: TenantId): Promise<void>;
}

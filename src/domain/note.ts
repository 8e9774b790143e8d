/** One memory entry of a tenant, with where it comes from. */
export interface Note {
  id: string;
  text: string;
  /** e.g. `fact`, `convention`, `decision`. */
  kind: string;
  author: string;
  /** `quarantined`: from people below the threshold or tainted runs; not recalled until approved. */
  trust: 'trusted' | 'quarantined';
  sourceUrl: string | null;
  /** `repository` or the subject, e.g. `subject:12`. */
  horizon: string;
  createdAt: string;
  expiresAt: string | null;
  supersededBy: string | null;
}

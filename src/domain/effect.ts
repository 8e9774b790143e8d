/** What publishing did on GitHub, as GitHub told it. */
export interface Receipt {
  /** Comment, review, check or issue id, branch name; whatever finds it again. */
  id: string;
  url: string | null;
  sha: string | null;
  /** What a person should know of it, e.g. that drafts are not to be had here. */
  remark?: string;
}

/**
 * `intended`: recorded, not known to have happened; `verified`: read back from GitHub;
 * `failed`: GitHub refused it; `unknown`: it may have happened and can't be read back, so it is asked of
 * a person and never repeated; `skipped`: a person undid it, or it was dropped.
 */
export type EffectState = 'intended' | 'verified' | 'failed' | 'unknown' | 'skipped';

export interface Effect {
  /** Stable in its run, e.g. `publish:p1`. */
  key: string;
  kind: string;
  state: EffectState;
  receipt: Receipt | null;
  /** Why it failed, is unknown or was skipped. */
  reason: string | null;
}

/** Who did something on GitHub. Ids decide; logins can be renamed and are for showing only. */
export interface Actor {
  id: number;
  login: string;
  isBot: boolean;
}

/** True for an account that GitHub no longer names: nobody knows what it was allowed. */
export function isGone({ id }: Actor): boolean {
  return id === 0;
}

/** The identity that Muster itself acts under, to know its own comments, checks and commits. */
export interface AppIdentity {
  /** The App's id; null in the Action, which acts under the workflow's token. */
  appId: number | null;
  /** The author of its comments, e.g. `muster[bot]` or `github-actions[bot]`. */
  login: string;
}

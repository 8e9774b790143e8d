/** What a guard did to a proposal. Findings never carry the secret or the personal datum itself. */
export interface GuardFinding {
  guard: string;
  proposalId: string;
  /**
   * `cleaned`: changed and may go on; `needs_approval`: a person must see it; `blocked`: never published.
   */
  outcome: 'cleaned' | 'needs_approval' | 'blocked';
  /** For a person, e.g. ``removed a GitHub token from the body``. */
  message: string;
}

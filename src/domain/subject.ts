/** The issue or pull request that a run works for. */
export interface Subject {
  kind: 'issue' | 'pull_request';
  number: number;
}

import type { GitHub } from '../../src/ports/github.ts';

/** A repository of its own for one test, seeded with `SEED` on the default branch `main`. */
export interface GitHubSubject {
  github: GitHub;
  /** Logins: an admin, someone with triage, and someone without a role on the public repository. */
  people: { admin: string; triager: string; stranger: string };
  /** GitHub Actions reports a failed check run with a log; its id. */
  reportActionsCheck: (name: string, headSha: string, log: string) => Promise<number>;
  /** A minute goes by. */
  later: () => void;
  close: () => Promise<void>;
}

export const SEED: Record<string, string> = {
  'README.md': '# Seed\n',
  'docs/a.md': 'one\ntwo\nthree\n',
  'docs/deep/b.md': 'b\n',
  '.github/workflows/deploy.yml':
    'name: Deploy\non:\n  workflow_dispatch:\n    inputs:\n      target: {}\njobs: {}\n',
};

/** The commit at the default branch's head. */
export async function headOf(github: GitHub): Promise<string> {
  const sha = await github.getRef('refs/heads/main');
  if (sha === null) throw new Error('the subject has no main');
  return sha;
}

/** A commit with one changed file on top of `main`, not on any branch. */
export async function commitFile(github: GitHub, path: string, content: string): Promise<string> {
  const base = await github.getCommit(await headOf(github));
  if (base === null) throw new Error('the head of main is no commit');
  const blobSha = await github.createBlob(content, 'utf-8');
  const tree = await github.createTree(base.treeSha, [{ path, mode: '100644', blobSha }]);
  return github.createCommit(`Change ${path}`, tree, [base.sha]);
}

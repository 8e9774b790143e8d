import type { ComparedFile } from '../git/compare.ts';
import type { CommitObject } from '../git/objects.ts';
import type { Repository } from '../model.ts';
import type { SimulatorState } from '../state.ts';
import { userPayload, type Payload } from './account.ts';
import { apiUrl, webUrl } from './repository.ts';

/** A commit as the Git Data API shows it. */
export function gitCommitPayload(
  state: SimulatorState,
  repository: Repository,
  commit: CommitObject,
): Payload {
  const api = `${apiUrl(state, repository)}/git`;
  return {
    sha: commit.sha,
    node_id: `C_${commit.sha}`,
    url: `${api}/commits/${commit.sha}`,
    html_url: `${webUrl(state, repository)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.author,
    message: commit.message,
    tree: { sha: commit.tree, url: `${api}/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${webUrl(state, repository)}/commit/${sha}`,
    })),
    verification: verificationOf(repository, commit.sha),
  };
}

/** A commit as the repositories API shows it, with the accounts behind its author. */
export function commitPayload(state: SimulatorState, repository: Repository, commit: CommitObject): Payload {
  const api = `${apiUrl(state, repository)}/commits/${commit.sha}`;
  const { message, tree, verification, parents, html_url, node_id } = gitCommitPayload(
    state,
    repository,
    commit,
  );
  const account = [...state.users.values()].find((user) => user.email === commit.author.email);
  const author = account === undefined ? null : userPayload(state, account);
  return {
    sha: commit.sha,
    node_id,
    commit: {
      author: commit.author,
      committer: commit.author,
      message,
      tree,
      url: `${apiUrl(state, repository)}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification,
    },
    url: api,
    html_url,
    comments_url: `${api}/comments`,
    author,
    committer: author,
    parents,
  };
}

/** One file of a comparison or pull request; `patch` is absent for binary files. */
export function diffEntry(
  state: SimulatorState,
  repository: Repository,
  headSha: string,
  file: ComparedFile,
): Payload {
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${webUrl(state, repository)}/blob/${headSha}/${path}`,
    raw_url: `${webUrl(state, repository)}/raw/${headSha}/${path}`,
    contents_url: `${apiUrl(state, repository)}/contents/${path}?ref=${headSha}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  };
}

function verificationOf(repository: Repository, sha: string): Payload {
  const isVerified = repository.verifiedCommits.has(sha);
  return {
    verified: isVerified,
    reason: isVerified ? 'valid' : 'unsigned',
    signature: isVerified ? '-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n' : null,
    payload: isVerified ? `tree of ${sha}` : null,
    verified_at: null,
  };
}

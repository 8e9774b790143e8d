import { MusterError } from '../../domain/errors.ts';
import type { GitHub } from '../../ports/github.ts';
import { mutate } from './client.ts';
import { type Connection, orNull } from './connection.ts';

type GitDataArea = Pick<
  GitHub,
  | 'getRef'
  | 'createRef'
  | 'updateRef'
  | 'replaceRef'
  | 'deleteRef'
  | 'createBlob'
  | 'createTree'
  | 'createCommit'
  | 'getCommit'
>;

// The only write to a ref that names what it replaces: REST's overwrites whatever is there, if forced.
const REPLACE_REF = `mutation ($repositoryId: ID!, $refUpdates: [RefUpdate!]!) {
  updateRefs(input: { repositoryId: $repositoryId, refUpdates: $refUpdates }) { clientMutationId }
}`;

/** Git's own objects and refs, by the Git Data API. */
export function createGitDataArea({ octokit, repository }: Connection): GitDataArea {
  const { git } = octokit.rest;
  const at = async (ref: string) => ({ ...(await repository.name()), ref: shortRef(ref) });
  return {
    async getRef(ref) {
      const answer = await orNull(git.getRef(await at(ref)));
      return answer === null ? null : answer.data.object.sha;
    },

    async createRef(ref, sha) {
      await git.createRef({ ...(await repository.name()), ref: `refs/${shortRef(ref)}`, sha });
    },

    async updateRef(ref, sha, isForced) {
      await git.updateRef({ ...(await at(ref)), sha, force: isForced });
    },

    async replaceRef(ref, before, sha) {
      const { data } = await octokit.rest.repos.get({ ...(await repository.name()) });
      const name = `refs/${shortRef(ref)}`;
      const refUpdates = [{ name, beforeOid: before, afterOid: sha, force: true }];
      await mutate(octokit, 'updateRefs', REPLACE_REF, { repositoryId: data.node_id, refUpdates });
    },

    async deleteRef(ref) {
      await git.deleteRef(await at(ref));
    },

    async createBlob(content, encoding) {
      return (await git.createBlob({ ...(await repository.name()), content, encoding })).data.sha;
    },

    async createTree(baseTreeSha, entries) {
      const tree = entries.map(({ path, mode, blobSha }) => ({
        path,
        mode,
        type: 'blob' as const,
        sha: blobSha,
      }));
      const base = baseTreeSha === null ? {} : { base_tree: baseTreeSha };
      return (await git.createTree({ ...(await repository.name()), ...base, tree })).data.sha;
    },

    async createCommit(message, treeSha, parents) {
      const what = { message, tree: treeSha, parents };
      return (await git.createCommit({ ...(await repository.name()), ...what })).data.sha;
    },

    async getCommit(sha) {
      const answer = await orNull(git.getCommit({ ...(await repository.name()), commit_sha: sha }));
      if (answer === null) return null;
      const { tree, message, verification } = answer.data;
      return { sha: answer.data.sha, treeSha: tree.sha, message, isVerified: verification.verified };
    },
  };
}

/** GitHub's URLs leave `refs/` out. */
function shortRef(ref: string): string {
  if (!ref.startsWith('refs/')) {
    throw new MusterError('github_invalid', 'a ref is written in full, e.g. refs/heads/main', { value: ref });
  }
  return ref.slice('refs/'.length);
}

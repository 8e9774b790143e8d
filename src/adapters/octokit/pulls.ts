import type { GitHub, PullRequestFacts } from '../../ports/github.ts';
import type { TenantId } from '../../domain/tenant.ts';
import { type Account, toActor } from './actor.ts';
import { mutate } from './client.ts';
import { collect, type Connection, orNull, PAGE_SIZE } from './connection.ts';

type PullRequestArea = Pick<
  GitHub,
  | 'getPullRequest'
  | 'listPullRequestFiles'
  | 'findPullRequests'
  | 'createPullRequest'
  | 'editPullRequest'
  | 'closePullRequest'
  | 'markReadyForReview'
  | 'convertToDraft'
  | 'mergePullRequest'
>;

/** GitHub lists no more files of a pull request than this. */
const MAX_FILES = 3000;
const MAX_FOUND = 300;

const MARK_READY = `mutation ($pullRequestId: ID!) {
  markPullRequestReadyForReview(input: { pullRequestId: $pullRequestId }) { clientMutationId }
}`;
const CONVERT_TO_DRAFT = `mutation ($pullRequestId: ID!) {
  convertPullRequestToDraft(input: { pullRequestId: $pullRequestId }) { clientMutationId }
}`;

/** Pull requests of one repository. */
export function createPullRequestArea(
  { octokit, repository }: Connection,
  tenantId: TenantId,
): PullRequestArea {
  const { pulls } = octokit.rest;
  const at = async (number: number) => ({ ...(await repository.name()), pull_number: number });
  return {
    async getPullRequest(number) {
      const answer = await orNull(pulls.get(await at(number)));
      return answer === null ? null : toPullRequest(answer.data);
    },

    async listPullRequestFiles(number) {
      const where = { ...(await at(number)), per_page: PAGE_SIZE };
      const files = await collect(octokit.paginate.iterator(pulls.listFiles, where), MAX_FILES);
      return files.map(({ filename, status, patch, additions, deletions }) => ({
        path: filename,
        status,
        patch: patch ?? null,
        additions,
        deletions,
      }));
    },

    async findPullRequests(headRef) {
      const name = await repository.name();
      const pages = octokit.paginate.iterator(pulls.list, {
        ...name,
        head: `${name.owner}:${headRef}`,
        state: 'all',
        sort: 'created',
        direction: 'desc',
        per_page: PAGE_SIZE,
      });
      // GitHub ignores a `head` that it can't read, and an organisation may hold a fork of its own.
      const found = (await collect(pages, MAX_FOUND)).map(toPullRequest);
      return found.filter(({ head }) => head.ref === headRef && head.repositoryId === tenantId);
    },

    async createPullRequest({ title, body, headRef, baseRef, isDraft }) {
      const what = { title, body, head: headRef, base: baseRef, draft: isDraft };
      return toPullRequest((await pulls.create({ ...(await repository.name()), ...what })).data);
    },

    async editPullRequest(number, texts) {
      await pulls.update({ ...(await at(number)), ...texts });
    },

    async closePullRequest(number) {
      await pulls.update({ ...(await at(number)), state: 'closed' });
    },

    markReadyForReview: (nodeId) =>
      mutate(octokit, 'markPullRequestReadyForReview', MARK_READY, { pullRequestId: nodeId }),

    convertToDraft: (nodeId) =>
      mutate(octokit, 'convertPullRequestToDraft', CONVERT_TO_DRAFT, { pullRequestId: nodeId }),

    async mergePullRequest(number, sha) {
      await pulls.merge({ ...(await at(number)), sha });
    },
  };
}

/** What GitHub's several answers about a pull request share; the head's repository is null where it's gone. */
interface PullRequestAnswer {
  number: number;
  node_id: string;
  title: string;
  body: string | null;
  state: string;
  draft?: boolean | undefined;
  merged_at: string | null;
  user: Account | null;
  head: { sha: string; ref: string; repo: { id: number } | null };
  base: { sha: string; ref: string };
  html_url: string;
  updated_at: string;
}

function toPullRequest(pull: PullRequestAnswer): PullRequestFacts {
  return {
    number: pull.number,
    nodeId: pull.node_id,
    title: pull.title,
    body: pull.body ?? '',
    state: pull.state === 'closed' ? 'closed' : 'open',
    isDraft: pull.draft ?? false,
    isMerged: pull.merged_at !== null,
    author: toActor(pull.user),
    head: { sha: pull.head.sha, ref: pull.head.ref, repositoryId: pull.head.repo?.id ?? null },
    base: { sha: pull.base.sha, ref: pull.base.ref },
    url: pull.html_url,
    updatedAt: pull.updated_at,
  };
}

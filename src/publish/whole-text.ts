import { MusterError } from '../domain/errors.ts';
import type { Receipt } from '../domain/effect.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { GitHub } from '../ports/github.ts';
import { createRefOrRead } from './commit.ts';
import { stripMarkers } from './markers.ts';
import { wholeReview } from './review.ts';
import { isSameText, isUncut } from './signed-text.ts';
import type { Effector, PublishTarget } from './target.ts';

type Api = Pick<GitHub, 'getRef' | 'createRef' | 'createBlob' | 'createTree' | 'createCommit' | 'readFile'>;

/** What a proposal says, where GitHub doesn't take it in one piece. */
export interface WholeText {
  /** The proposal's, as it is unique in the run. */
  id: string;
  text: string;
}

/** The text of a proposal that may be cut where it is published, without our markers; null for all others. */
export function wholeTextOf(proposal: Proposal): WholeText | null {
  const text = longTextOf(proposal);
  return text === null ? null : { id: proposal.id, text };
}

function longTextOf(proposal: Proposal): string | null {
  switch (proposal.kind) {
    case 'comment':
    case 'issue':
    case 'pull_request': {
      const text = stripMarkers(proposal.body).trim();
      return isUncut(text) ? null : text;
    }
    case 'review':
      return wholeReview(proposal);
    case 'labels':
    case 'assign':
    case 'close':
    case 'dispatch':
    case 'notes':
      return null;
  }
}

/**
 * Keeps a text whole in the repository, for a link from where it is published cut: a file of a commit that has no
 * parent and lies on no branch, so that no CI starts. Found again by its ref. A token that may not write contents
 * keeps nothing, and the receipt has no URL.
 */
export const wholeTextEffector: Effector<WholeText, Api> = {
  canBeFound: true,

  async find(target, whole) {
    const sha = await target.github.getRef(refOf(target, whole));
    return sha === null ? null : receiptOf(target, whole, sha);
  },

  async perform(target, whole) {
    try {
      return receiptOf(target, whole, await keep(target, whole));
    } catch (error) {
      if (!(error instanceof MusterError) || error.code !== 'github_forbidden') throw error;
      const remark = 'not kept, because the token may not write contents';
      return { id: refOf(target, whole), url: null, sha: null, remark };
    }
  },

  async verify(target, whole, receipt) {
    if (receipt.sha === null) return true;
    const kept = await target.github.readFile(fileOf(whole), receipt.sha);
    return kept !== null && isSameText(kept, whole.text);
  },
};

async function keep(target: PublishTarget<Api>, whole: WholeText): Promise<string> {
  const { github, runId } = target;
  const blobSha = await github.createBlob(whole.text, 'utf-8');
  const treeSha = await github.createTree(null, [{ path: fileOf(whole), mode: '100644', blobSha }]);
  const sha = await github.createCommit(`Keep the whole text of ${whole.id} of run ${runId}`, treeSha, []);
  return createRefOrRead(github, refOf(target, whole), sha);
}

function receiptOf(target: PublishTarget<Api>, whole: WholeText, sha: string): Receipt {
  const url = `${target.repository.url}/blob/${sha}/${fileOf(whole)}`;
  return { id: refOf(target, whole), url, sha };
}

/** Beside the ref of the run's waiting commit, not below it: git takes no ref for a folder of others. */
function refOf({ runId }: PublishTarget<Api>, { id }: WholeText): string {
  return `refs/muster/${runId}-${id}`;
}

function fileOf({ id }: WholeText): string {
  return `${id}.md`;
}

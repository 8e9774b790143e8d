import type { Receipt } from '../domain/effect.ts';
import type { ProposalOf } from '../domain/proposal.ts';
import type { CommentFacts, GitHub } from '../ports/github.ts';
import { effectMarker, isMarkedByUs } from './markers.ts';
import { isSameText, signedText } from './signed-text.ts';
import { lookupStart, type Effector } from './target.ts';

type Api = Pick<GitHub, 'identity' | 'listComments' | 'getComment' | 'createComment' | 'listChanges'>;

/** A comment on the subject; found again by its author and marker among the subject's comments. */
export const commentEffector: Effector<ProposalOf<'comment'>, Api> = {
  canBeFound: true,

  async find(target, proposal) {
    const { github, runId, subject, since } = target;
    const marker = effectMarker(runId, proposal.id);
    const comments = await github.listComments(subject.number, lookupStart(since));
    const own = comments.find((comment) => isMarkedByUs(comment, github.identity, marker));
    return own === undefined ? null : receiptOf(own);
  },

  /** GitHub doesn't say which comment was deleted: any of ours counts, since nothing may be posted again. */
  async wasUndone({ github, subject }, _proposal, since) {
    const { login } = github.identity;
    const changes = await github.listChanges(subject.number, lookupStart(since));
    return changes.some(
      ({ kind, of, actor }) => kind === 'comment_deleted' && of === login && actor.login !== login,
    );
  },

  async perform(target, proposal) {
    const body = signedText(proposal.body, target, proposal.id);
    return receiptOf(await target.github.createComment(target.subject.number, body));
  },

  async verify(target, proposal, receipt) {
    const comment = await target.github.getComment(Number(receipt.id));
    return (
      comment !== null &&
      isMarkedByUs(comment, target.github.identity, effectMarker(target.runId, proposal.id)) &&
      isSameText(comment.body, signedText(proposal.body, target, proposal.id))
    );
  },
};

function receiptOf(comment: CommentFacts): Receipt {
  return { id: String(comment.id), url: comment.url, sha: null };
}

import type { Receipt } from '../domain/effect.ts';
import type { ProposalOf } from '../domain/proposal.ts';
import type { GitHub } from '../ports/github.ts';
import type { Effector, PublishTarget } from './target.ts';
import { wasTakenBack } from './undone.ts';

type Api = Pick<
  GitHub,
  'identity' | 'getIssue' | 'closeIssue' | 'getPullRequest' | 'closePullRequest' | 'listChanges'
>;

/** Closes the subject, by its state: closed by someone else is closed. */
export const closeEffector: Effector<ProposalOf<'close'>, Api> = {
  canBeFound: true,

  find(target) {
    return receiptWhereClosed(target);
  },

  async wasUndone({ github, subject }, _proposal, since) {
    return wasTakenBack(github, subject.number, since, [{ done: 'closed', undone: 'reopened', of: '' }]);
  },

  async perform(target, proposal) {
    const { github, subject } = target;
    if (subject.kind === 'pull_request') await github.closePullRequest(subject.number);
    else await github.closeIssue(subject.number, proposal.reason);
    return (await receiptWhereClosed(target)) ?? { id: String(subject.number), url: null, sha: null };
  },

  async verify(target) {
    return (await receiptWhereClosed(target)) !== null;
  },
};

async function receiptWhereClosed(target: PublishTarget<Api>): Promise<Receipt | null> {
  const { github, subject } = target;
  const facts =
    subject.kind === 'pull_request'
      ? await github.getPullRequest(subject.number)
      : await github.getIssue(subject.number);
  return facts?.state === 'closed' ? { id: String(subject.number), url: facts.url, sha: null } : null;
}

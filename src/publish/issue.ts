import type { Receipt } from '../domain/effect.ts';
import type { ProposalOf } from '../domain/proposal.ts';
import type { GitHub, IssueFacts } from '../ports/github.ts';
import { effectMarker, isMarkedByUs } from './markers.ts';
import { isSameText, signedText, titleLine } from './signed-text.ts';
import { lookupStart, type Effector, type PublishTarget } from './target.ts';

type Api = Pick<GitHub, 'identity' | 'getIssue' | 'createIssue' | 'listIssuesBy'>;

/** A new issue; found again by its marker among the issues that our App opened. */
export const issueEffector: Effector<ProposalOf<'issue'>, Api> = {
  canBeFound: true,

  async find(target, proposal) {
    const { github, runId, since } = target;
    const marker = effectMarker(runId, proposal.id);
    const issues = await github.listIssuesBy(github.identity.login, lookupStart(since));
    const own = issues.find((issue) => isMarkedByUs(issue, github.identity, marker));
    return own === undefined ? null : receiptOf(own);
  },

  async perform(target, proposal) {
    const body = bodyOf(target, proposal);
    return receiptOf(await target.github.createIssue(titleLine(proposal.title), body, proposal.labels));
  },

  async verify(target, proposal, receipt) {
    const issue = await target.github.getIssue(Number(receipt.id));
    return (
      issue !== null &&
      isMarkedByUs(issue, target.github.identity, effectMarker(target.runId, proposal.id)) &&
      isSameText(issue.title, titleLine(proposal.title)) &&
      isSameText(issue.body, bodyOf(target, proposal))
    );
  },
};

function bodyOf(target: PublishTarget<Api>, proposal: ProposalOf<'issue'>): string {
  return signedText(proposal.body, target, proposal.id, `Raised for #${target.subject.number}.`);
}

function receiptOf(issue: IssueFacts): Receipt {
  return { id: String(issue.number), url: issue.url, sha: null };
}

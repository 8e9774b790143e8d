import type { ProposalOf } from '../domain/proposal.ts';
import type { GitHub, IssueFacts } from '../ports/github.ts';
import { lookupStart, type Effector, type PublishTarget } from './target.ts';

type Api = Pick<GitHub, 'identity' | 'getIssue' | 'addLabels' | 'removeLabel' | 'lastLabelEvent'>;

/**
 * Labels of the subject, by their state. One that we put on and a person took off again counts as done, so
 * that a resume doesn't undo what the person did.
 */
export const labelsEffector: Effector<ProposalOf<'labels'>, Api> = {
  canBeFound: true,

  async find(target, proposal) {
    const issue = await target.github.getIssue(target.subject.number);
    if (issue === null || removedLabels(proposal).some((label) => hasLabel(issue, label))) return null;
    for (const label of proposal.add) {
      if (!hasLabel(issue, label) && !(await wasPutOnByUs(target, label))) return null;
    }
    return { id: proposal.add.join(', '), url: issue.url, sha: null };
  },

  async perform(target, proposal) {
    const { github, subject } = target;
    for (const label of removedLabels(proposal)) await github.removeLabel(subject.number, label);
    if (proposal.add.length > 0) await github.addLabels(subject.number, proposal.add);
    const issue = await github.getIssue(subject.number);
    return { id: proposal.add.join(', '), url: issue?.url ?? null, sha: null };
  },

  async verify(target, proposal) {
    return (await labelsEffector.find(target, proposal)) !== null;
  },
};

function removedLabels(proposal: ProposalOf<'labels'>): string[] {
  const added = new Set(proposal.add.map((label) => label.toLowerCase()));
  return proposal.remove.filter((label) => !added.has(label.toLowerCase()));
}

/** GitHub's label names differ by more than case. */
function hasLabel(issue: IssueFacts, label: string): boolean {
  return issue.labels.some((present) => present.toLowerCase() === label.toLowerCase());
}

async function wasPutOnByUs(target: PublishTarget<Api>, label: string): Promise<boolean> {
  const { github, subject, since } = target;
  const event = await github.lastLabelEvent(subject.number, label);
  return (
    event !== null &&
    event.actor.login === github.identity.login &&
    Date.parse(event.createdAt) >= Date.parse(lookupStart(since))
  );
}

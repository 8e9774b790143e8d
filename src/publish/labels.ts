import type { ProposalOf } from '../domain/proposal.ts';
import type { GitHub, IssueFacts } from '../ports/github.ts';
import type { Effector } from './target.ts';
import { wasTakenBack } from './undone.ts';

type Api = Pick<GitHub, 'identity' | 'getIssue' | 'addLabels' | 'removeLabel' | 'listChanges'>;

/** Labels of the subject, by their state. */
export const labelsEffector: Effector<ProposalOf<'labels'>, Api> = {
  canBeFound: true,

  async find(target, proposal) {
    const issue = await target.github.getIssue(target.subject.number);
    if (issue === null || removedLabels(proposal).some((label) => hasLabel(issue, label))) return null;
    if (proposal.add.some((label) => !hasLabel(issue, label))) return null;
    return { id: proposal.add.join(', '), url: issue.url, sha: null };
  },

  async wasUndone({ github, subject }, proposal, since) {
    return wasTakenBack(github, subject.number, since, [
      ...proposal.add.map((of) => ({ done: 'labeled' as const, undone: 'unlabeled' as const, of })),
      ...removedLabels(proposal).map((of) => ({
        done: 'unlabeled' as const,
        undone: 'labeled' as const,
        of,
      })),
    ]);
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

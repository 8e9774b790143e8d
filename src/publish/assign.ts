import { MusterError } from '../domain/errors.ts';
import type { ProposalOf } from '../domain/proposal.ts';
import type { GitHub } from '../ports/github.ts';
import type { Effector } from './target.ts';
import { wasTakenBack } from './undone.ts';

type Api = Pick<GitHub, 'identity' | 'getIssue' | 'assign' | 'listChanges'>;

/** Assignees of the subject, by their state. */
export const assignEffector: Effector<ProposalOf<'assign'>, Api> = {
  canBeFound: true,

  async find(target, proposal) {
    const issue = await target.github.getIssue(target.subject.number);
    if (issue === null || unassigned(proposal, issue.assignees).length > 0) return null;
    return { id: proposal.logins.join(', '), url: issue.url, sha: null };
  },

  async wasUndone({ github, subject }, proposal, since) {
    const reversals = proposal.logins.map((of) => ({ done: 'assigned', undone: 'unassigned', of }) as const);
    return wasTakenBack(github, subject.number, since, reversals);
  },

  async perform(target, proposal) {
    const { github, subject } = target;
    const left = unassigned(proposal, await github.assign(subject.number, proposal.logins));
    if (left.length > 0) {
      // GitHub leaves out, without an error, whoever can't be assigned in the repository.
      throw new MusterError('github_invalid', `GitHub did not assign ${left.join(', ')}`, { value: left });
    }
    const issue = await github.getIssue(subject.number);
    return { id: proposal.logins.join(', '), url: issue?.url ?? null, sha: null };
  },

  async verify(target, proposal) {
    return (await assignEffector.find(target, proposal)) !== null;
  },
};

function unassigned(proposal: ProposalOf<'assign'>, assignees: readonly string[]): string[] {
  const present = new Set(assignees.map((login) => login.toLowerCase()));
  return proposal.logins.filter((login) => !present.has(login.toLowerCase()));
}

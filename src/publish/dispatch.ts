import type { ProposalOf } from '../domain/proposal.ts';
import type { GitHub } from '../ports/github.ts';
import type { Effector } from './target.ts';

type Api = Pick<GitHub, 'dispatchWorkflow'>;

/**
 * Starts a workflow on the default branch. A dispatch carries no mark and can't be looked up: without an
 * answer its outcome stays unclear, and it happens at most once.
 */
export const dispatchEffector: Effector<ProposalOf<'dispatch'>, Api> = {
  canBeFound: false,

  find() {
    return Promise.resolve(null);
  },

  async perform(target, proposal) {
    const { github, repository } = target;
    const run = await github.dispatchWorkflow(proposal.workflow, repository.defaultBranch, proposal.inputs);
    return run === null
      ? { id: proposal.workflow, url: null, sha: null, remark: 'GitHub named no workflow run' }
      : { id: String(run.id), url: run.url, sha: null };
  },

  /** True where GitHub's answer named the run that it started. */
  verify(_target, _proposal, receipt) {
    return Promise.resolve(receipt.url !== null);
  },
};

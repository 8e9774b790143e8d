import type { Receipt } from '../domain/effect.ts';
import { MusterError, messageOf } from '../domain/errors.ts';
import type { ProposalOf } from '../domain/proposal.ts';
import type { OwnPullRequest } from '../domain/run-view.ts';
import type { GitHub, PullRequestFacts } from '../ports/github.ts';
import { createRefOrRead, isCommitOfRun } from './commit.ts';
import { isSameText, signedText, titleLine } from './signed-text.ts';
import type { Effector, PreparedCommit, PublishTarget } from './target.ts';

type Api = Pick<
  GitHub,
  | 'identity'
  | 'getRef'
  | 'createRef'
  | 'replaceRef'
  | 'getCommit'
  | 'getPullRequest'
  | 'findPullRequests'
  | 'createPullRequest'
  | 'editPullRequest'
>;
type Target = PublishTarget<Api>;

/** The branch at the prepared commit and the pull request from it; found again by branch and SHA. */
export const pullRequestEffector: Effector<ProposalOf<'pull_request'>, Api> = {
  canBeFound: true,

  async find(target) {
    const commit = commitOf(target);
    for (const branch of branchesOf(target, commit)) {
      const own = (await ownPullRequests(target, branch)).find((pull) => pull.head.sha === commit.sha);
      if (own !== undefined) return receiptOf(own);
    }
    return null;
  },

  async perform(target, proposal) {
    const commit = commitOf(target);
    const branch = await placeBranch(target, commit);
    const open = await openPullRequest(target, branch);
    if (open !== undefined) return { ...receiptOf(open), sha: commit.sha };
    return await createPullRequest(target, proposal, commit, branch);
  },

  async verify(target, _proposal, receipt) {
    const commit = commitOf(target);
    const pull = await target.github.getPullRequest(Number(receipt.id));
    if (pull === null || !isOurs(target, pull)) return false;
    if (pull.head.sha !== commit.sha || pull.base.ref !== commit.baseRef) return false;
    return (await target.github.getCommit(commit.sha))?.isVerified ?? false;
  },
};

/**
 * A rework's commit on the branch of the pull request that an earlier round opened, and its title and body where
 * the rework proposes others: what a person made of them otherwise stays. Nobody's push is overwritten, not even one
 * that comes after the head was read.
 */
export function moveEffector(open: OwnPullRequest): Effector<ProposalOf<'pull_request'>, Api> {
  const find = async (target: Target, proposal: ProposalOf<'pull_request'>): Promise<Receipt | null> => {
    const pull = await target.github.getPullRequest(open.number);
    const isThere =
      pull?.head.sha === commitOf(target).sha && shows(pull, changedTexts(target, open, proposal));
    return isThere ? receiptOf(pull) : null;
  };
  return {
    canBeFound: true,
    find,

    async perform(target, proposal) {
      const { sha } = commitOf(target);
      const pull = await target.github.getPullRequest(open.number);
      if (pull === null || pull.state === 'closed')
        throw new MusterError('github_not_found', 'the pull request was closed', { value: open.number });
      // The trailer of our commit survives an amend; the SHA of an earlier round does not.
      if (pull.head.sha !== open.headSha && pull.head.sha !== sha)
        throw new MusterError('github_invalid', 'someone else has pushed to the branch', {
          value: open.number,
        });
      if (pull.head.sha !== sha)
        await target.github.replaceRef(`refs/heads/${pull.head.ref}`, pull.head.sha, sha);
      const texts = changedTexts(target, open, proposal);
      if (!shows(pull, texts)) await target.github.editPullRequest(open.number, texts);
      return { ...receiptOf(pull), sha };
    },

    verify: async (target, proposal) => (await find(target, proposal)) !== null,
  };
}

interface Texts {
  title?: string;
  body?: string;
}

function changedTexts(target: Target, open: OwnPullRequest, proposal: ProposalOf<'pull_request'>): Texts {
  return {
    ...(proposal.title === open.title ? {} : { title: titleLine(proposal.title) }),
    ...(proposal.body === open.body ? {} : { body: bodyOf(target, proposal) }),
  };
}

function shows(pull: PullRequestFacts, { title = pull.title, body = pull.body }: Texts): boolean {
  return isSameText(pull.title, title) && isSameText(pull.body, body);
}

function bodyOf(target: Target, { id, body }: ProposalOf<'pull_request'>): string {
  return signedText(body, target, id, referenceTo(target));
}

function commitOf(target: Target): PreparedCommit {
  if (target.commit === null) throw new MusterError('no_commit', 'a pull request needs a prepared commit');
  return target.commit;
}

function branchesOf(target: Target, commit: PreparedCommit): string[] {
  return [commit.branch, `${commit.branch}-${target.runId.replace(/^r_/, '').slice(0, 4)}`];
}

/** The branch of the run that points at the commit now. One that someone else made is left alone. */
async function placeBranch(target: Target, commit: PreparedCommit): Promise<string> {
  for (const branch of branchesOf(target, commit)) {
    const ref = `refs/heads/${branch}`;
    const current = await createRefOrRead(target.github, ref, commit.sha);
    if (current === commit.sha) return branch;
    const head = await target.github.getCommit(current);
    if (head !== null && isCommitOfRun(head.message, target.runId)) {
      // An earlier round of this run, and nobody has pushed since.
      await target.github.replaceRef(ref, current, commit.sha);
      return branch;
    }
  }
  throw new MusterError('branch_taken', `the branch ${commit.branch} is taken`, { value: commit.branch });
}

async function createPullRequest(
  target: Target,
  proposal: ProposalOf<'pull_request'>,
  commit: PreparedCommit,
  branch: string,
): Promise<Receipt> {
  const input = {
    title: titleLine(proposal.title),
    body: bodyOf(target, proposal),
    headRef: branch,
    baseRef: commit.baseRef,
  };
  try {
    return receiptOf(await target.github.createPullRequest({ ...input, isDraft: target.isDraftWanted }));
  } catch (error) {
    if (!(error instanceof MusterError) || error.code !== 'github_invalid') throw error;
    const open = await openPullRequest(target, branch);
    if (open !== undefined) return receiptOf(open);
    if (!target.isDraftWanted || !/draft/i.test(messageOf(error))) throw error;
    const pull = await target.github.createPullRequest({ ...input, isDraft: false });
    return { ...receiptOf(pull), remark: 'drafts are not to be had in this repository: opened ready' };
  }
}

/** A closing keyword for the run's own issue, and for nothing else. */
function referenceTo({ subject }: Target): string {
  return `${subject.kind === 'issue' ? 'Fixes' : 'For'} #${subject.number}`;
}

async function openPullRequest(target: Target, branch: string): Promise<PullRequestFacts | undefined> {
  return (await ownPullRequests(target, branch)).find((pull) => pull.state === 'open');
}

async function ownPullRequests(target: Target, branch: string): Promise<PullRequestFacts[]> {
  const pulls = await target.github.findPullRequests(branch);
  return pulls.filter((pull) => isOurs(target, pull));
}

function isOurs(target: Target, pull: PullRequestFacts): boolean {
  return pull.author.login === target.github.identity.login;
}

function receiptOf(pull: PullRequestFacts): Receipt {
  return { id: String(pull.number), url: pull.url, sha: pull.head.sha };
}

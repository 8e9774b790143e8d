import type { Receipt } from '../domain/effect.ts';
import { MusterError, messageOf } from '../domain/errors.ts';
import type { ProposalOf } from '../domain/proposal.ts';
import type { GitHub, PullRequestFacts } from '../ports/github.ts';
import { createRefOrRead, isCommitOfRun } from './commit.ts';
import { signedText, titleLine } from './signed-text.ts';
import type { Effector, PreparedCommit, PublishTarget } from './target.ts';

type Api = Pick<
  GitHub,
  | 'identity'
  | 'getRef'
  | 'createRef'
  | 'updateRef'
  | 'getCommit'
  | 'getPullRequest'
  | 'findPullRequests'
  | 'createPullRequest'
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
      await target.github.updateRef(ref, commit.sha, true);
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
    body: signedText(proposal.body, target, proposal.id, referenceTo(target)),
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

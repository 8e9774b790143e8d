import {
  LIFT_STREAK,
  NEW_DECISIONS,
  UP_BOUND,
  WINDOW,
  type AgentRecord,
  type HoldCause,
  type PastDecision,
} from '../domain/autonomy.ts';
import type { Autonomy } from '../domain/config.ts';
import { MusterError } from '../domain/errors.ts';
import { MIN_DECISIONS } from '../domain/verdict.ts';
import type { GitHub, PullRequestFacts } from '../ports/github.ts';
import { createRefOrRead } from './commit.ts';
import { codeSpan, link, table } from './markdown.ts';
import { isMarkedByUs, rungMarker, rungMarkerIn } from './markers.ts';

type Api = Pick<
  GitHub,
  | 'identity'
  | 'findPullRequests'
  | 'createPullRequest'
  | 'getCommit'
  | 'createBlob'
  | 'createTree'
  | 'createCommit'
  | 'getRef'
  | 'createRef'
  | 'replaceRef'
>;

/** A pull request of ours that proposes a rung for an agent. */
export interface RungProposal {
  pull: PullRequestFacts;
  to: Autonomy;
  /** Time of the newest decision that it was made on, ISO 8601. */
  at: string;
}

/** What is to be proposed, and from what record. */
export interface RungChange {
  agent: string;
  from: Autonomy;
  to: Autonomy;
  record: AgentRecord;
  /** Oldest first. */
  decisions: readonly (PastDecision & { runId: string; url: string | null })[];
  /** The path and the text of the configuration with the rung in it. */
  file: { path: string; text: string };
  base: { ref: string; sha: string };
}

/** In any state, newest first. */
export async function findRungProposals(
  github: Pick<GitHub, 'identity' | 'findPullRequests'>,
  agent: string,
): Promise<RungProposal[]> {
  const pulls = await github.findPullRequests(branchOf(agent));
  return pulls.flatMap((pull) => {
    const marked = rungMarkerIn(pull.body);
    return marked !== null && isMarkedByUs(pull, github.identity, marked.marker) ? [{ pull, ...marked }] : [];
  });
}

/**
 * Opens the pull request, ready for a person to merge: nothing of ours approves or merges it. The branch of an
 * earlier one is used again; GitHub refuses a second open pull request from it.
 */
export async function openRungProposal(github: Api, change: RungChange): Promise<PullRequestFacts> {
  const { agent, to, base } = change;
  const branch = branchOf(agent);
  await placeBranch(github, branch, agent, await commit(github, change));
  const title = `Set the autonomy of ${agent} to ${to}`;
  return github.createPullRequest({
    title,
    body: bodyOf(change),
    headRef: branch,
    baseRef: base.ref,
    isDraft: false,
  });
}

function branchOf(agent: string): string {
  return `muster/autonomy/${agent}`;
}

async function commit(github: Api, { agent, to, file, base }: RungChange): Promise<string> {
  const parent = await github.getCommit(base.sha);
  if (parent === null)
    throw new MusterError('github_not_found', 'the base commit is gone', { value: base.sha });
  const blobSha = await github.createBlob(file.text, 'utf-8');
  const tree = await github.createTree(parent.treeSha, [{ path: file.path, mode: '100644', blobSha }]);
  const message = `Set the autonomy of ${agent} to ${to}\n\n${trailerOf(agent)}`;
  return github.createCommit(message, tree, [base.sha]);
}

function trailerOf(agent: string): string {
  return `Muster-Autonomy: ${agent}`;
}

/** On a branch that holds somebody else's commit nothing is written. */
async function placeBranch(github: Api, branch: string, agent: string, sha: string): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const current = await createRefOrRead(github, ref, sha);
  if (current === sha) return;
  const head = await github.getCommit(current);
  if (head?.message.trimEnd().endsWith(trailerOf(agent)) !== true)
    throw new MusterError('branch_taken', `the branch ${branch} is taken`, { value: branch });
  await github.replaceRef(ref, current, sha);
}

const CAUSES: Record<HoldCause, string> = {
  revert: 'something that it had made was merged and then reverted',
  streak: 'people rejected it several times in a row',
  drop: 'people accept too little of it',
};

const MEANINGS: Record<Autonomy, string> = {
  'dry-run': 'nothing is published, the tracking comment shows each proposal',
  'comment-only': 'all but comments and notes waits for a person',
  gated: 'what the gate says: its pull requests are drafts until a person approves',
  auto: 'its pull requests are opened ready, without approval, unless something else asks for one',
};

function bodyOf({ agent, from, to, record, decisions }: RungChange): string {
  const { hold, accepted, bound } = record;
  const newest = decisions.slice(-WINDOW).toReversed();
  const share = `People accepted ${accepted} of its last ${newest.length} proposals; the lower end of the 95 % interval (Wilson) is ${bound.toFixed(2)}.`;
  const reason =
    hold === null
      ? `The way up opens at ${UP_BOUND.toFixed(2)}, with at least ${MIN_DECISIONS} decisions.`
      : `The way down: ${CAUSES[hold.cause]}. Until this is merged, or people have accepted at least ${LIFT_STREAK} in a row, all that it proposes waits for a person.`;
  return [
    `${codeSpan(agent)} stands on ${codeSpan(from)}. ${share} ${reason}`,
    `Merging this puts it on ${codeSpan(to)}: ${MEANINGS[to]}. Muster never merges it. Closed unmerged, it is proposed again when the record has changed: after ${NEW_DECISIONS} more decisions, or a new reason to hold.`,
    table(
      ['when', 'run', 'decision'],
      newest.map(({ at, runId, url, decision }) => [
        at.slice(0, 16).replace('T', ' '),
        link(codeSpan(runId), url),
        decision,
      ]),
    ),
    '<sub>Automated by Muster.</sub>',
    rungMarker(to, decisions.at(-1)?.at ?? ''),
  ].join('\n\n');
}

import type { RunView } from '../domain/run-view.ts';
import { isEnded, type RunState } from '../domain/run.ts';
import type { CheckContent } from '../ports/github-checks.ts';
import { checkContent, type CheckName } from './checks.ts';
import { link } from './markdown.ts';
import { automationLine } from './signed-text.ts';

/** What becomes of the run's own pull request; all other effects are on the pull request that it was asked on. */
const OF_OWN: ReadonlySet<string> = new Set(['pull_request', 'ready_for_review', 'merge']);

/**
 * The check on the head of the pull request that a run was asked on, once it has opened one of its own: there stand
 * its score and its cost. Null where the run's own check is to be shown: on every other head, and as the gate of one
 * that has more to say there than the pull request that it opened.
 *
 * @param view With the head that the check is for.
 */
export function askedCheck(name: CheckName, view: RunView): CheckContent | null {
  const { asked, pullRequest, headSha, run } = view;
  if (!asked || pullRequest === null || asked.headSha !== headSha) return null;
  const isGate = name === 'muster/gate';
  if (isGate && (!isAtRest(run.state) || !isAllElsewhere(view))) return null;
  const { runId, work } = run.request;
  const place = `pull request #${pullRequest.number}`;
  const text = `What the run has to say of this it proposes in ${link(place, pullRequest.url)}, where its checks stand.`;
  return checkContent(
    {
      status: 'completed',
      conclusion: isGate ? 'success' : 'neutral',
      title: `${TITLES[name]} ${place}`,
      externalId: runId,
    },
    [isGate ? `${text} Nothing of it waits here.` : text, automationLine(work.name, runId)],
  );
}

const TITLES: Record<CheckName, string> = {
  'muster/judge': 'Judged in',
  'muster/cost': 'Counted in',
  'muster/gate': 'Nothing waits here: its work is in',
};

/** While it works, nobody knows yet what it will want here. */
function isAtRest(state: RunState): boolean {
  return state === 'waiting' || isEnded(state);
}

/** True where nothing but its own pull request waits, was blocked, or could not be read back. */
function isAllElsewhere({ decisions, effects }: RunView): boolean {
  return (
    decisions.length > 0 &&
    decisions.every(({ kind, value }) => kind === 'pull_request' || value === 'publish') &&
    effects.every(({ kind, state }) => OF_OWN.has(kind) || state === 'verified' || state === 'skipped')
  );
}

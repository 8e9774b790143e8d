import type { RunView } from '../domain/run-view.ts';
import type { CheckContent } from '../ports/github-checks.ts';
import { askedCheck } from './asked-head.ts';
import {
  checkContent,
  renderCostCheck,
  renderGateCheck,
  renderJudgeCheck,
  type CheckName,
} from './checks.ts';
import { codeSpan, escapeCell, foldedBlock, link, table } from './markdown.ts';
import { isNoop } from './words.ts';

const RENDERERS: Record<CheckName, (view: RunView) => CheckContent> = {
  'muster/judge': renderJudgeCheck,
  'muster/cost': renderCostCheck,
  'muster/gate': renderGateCheck,
};

/** From worst to best; what still runs is worse than what passed. */
const SEVERITY: readonly string[] = [
  'failure',
  'timed_out',
  'action_required',
  'cancelled',
  'in_progress',
  'queued',
  'neutral',
  'success',
];

const MAX_EXTERNAL_ID = 255;

/**
 * The one check of a name on a head: the worst of its runs, a row for each, newest first. Runs that found
 * nothing to do have no gate of their own. Without a run the gate is open (where it is required, it is
 * reported on every head) and the other two are neutral.
 */
export function combineChecks(name: CheckName, views: readonly RunView[]): CheckContent {
  const newestFirst = views.toSorted((left, right) => compareAge(right, left));
  const gated = newestFirst.filter((view) => name !== 'muster/gate' || !isNoop(view));
  const shown = gated.length > 0 ? gated : newestFirst;
  const checks = shown.map((view) => ({ view, content: askedCheck(name, view) ?? RENDERERS[name](view) }));
  const worst = checks.toSorted((left, right) => severity(left.content) - severity(right.content)).at(0);
  if (worst === undefined) return checkWithoutRun(name);
  const externalId = joinIds(newestFirst.map((view) => view.run.request.runId));
  if (checks.length === 1) return { ...worst.content, externalId };
  const rows = checks.map(({ view, content }) => [
    codeSpan(view.run.request.work.name),
    codeSpan(view.run.request.runId),
    content.conclusion ?? content.status,
    escapeCell(content.title),
  ]);
  const parts = checks.map(({ view, content }) =>
    foldedBlock(`Run ${view.run.request.runId}`, content.summary),
  );
  // Those of a run that waits, which are more, before those of one that failed.
  const [actions = []] = checks
    .map(({ content }) => content.actions)
    .toSorted((left, right) => right.length - left.length);
  // GitHub appends annotations and takes none back: those that it has come first.
  const annotations = checks.toReversed().flatMap(({ content }) => content.annotations);
  const title = `${worst.content.title} (worst of ${checks.length} runs)`;
  const { status, conclusion } = worst.content;
  return checkContent({ status, conclusion, title, externalId, actions, annotations }, [
    table(['agent', 'run', 'outcome', ''], rows),
    ...parts,
  ]);
}

function checkWithoutRun(name: CheckName): CheckContent {
  const conclusion = name === 'muster/gate' ? 'success' : 'neutral';
  const title = 'Nothing waits';
  return checkContent({ status: 'completed', conclusion, title, externalId: '' }, ['No run works here.']);
}

/**
 * The checks of a head that nobody judges, because the runs on its pull request had ended when it was pushed.
 * On a pull request of ours the gate is closed: no approval of an earlier head counts. On a person's own
 * nothing waits.
 */
export function unjudgedChecks(runIds: readonly string[], isOurs: boolean): Record<CheckName, CheckContent> {
  const words = runIds.map((runId) => codeSpan(runId)).join(', ');
  const text = `${words} ended without a look at this head. It was not judged, nothing was spent on it, and no approval of an earlier head counts for it. \`/agent <name> <request>\` has a new run work on it.`;
  const content = contentOf(runIds, text);
  return {
    'muster/judge': content('neutral', 'Not judged: the run has ended'),
    'muster/cost': content('neutral', 'Nothing was spent on this head'),
    'muster/gate': isOurs
      ? content('failure', 'Not approved: the run has ended')
      : content('success', 'Nothing waits'),
  };
}

/** The checks of a head of the run's own pull request that was pushed while something else waits for a person. */
export function laterChecks({ run, comment }: RunView): Record<CheckName, CheckContent> {
  const { runId } = run.request;
  const what = comment === null ? 'something else' : link('something else', comment.url);
  const text = `${codeSpan(runId)} waits for a person on ${what}. Once that is decided, what was pushed here is judged; no approval of an earlier head counts for it.`;
  const content = contentOf([runId], text);
  return {
    'muster/judge': content('neutral', 'Not judged yet: something else waits'),
    'muster/cost': content('neutral', 'Nothing was spent on this head yet'),
    'muster/gate': content('action_required', 'Judged once what waits is decided'),
  };
}

/** The checks of a head of the run's own pull request that a rework has replaced. */
export function leftChecks({ run, headSha }: RunView): Record<CheckName, CheckContent> {
  const { runId } = run.request;
  const now = headSha === null ? 'another head' : codeSpan(headSha.slice(0, 7));
  const content = contentOf([runId], `A rework of ${codeSpan(runId)} has replaced this head by ${now}.`);
  return {
    'muster/judge': content('neutral', 'Replaced by a rework'),
    'muster/cost': content('neutral', 'Counted on the head of the rework'),
    'muster/gate': content('cancelled', 'Replaced by a rework'),
  };
}

function contentOf(runIds: readonly string[], text: string) {
  return (conclusion: CheckContent['conclusion'], title: string): CheckContent =>
    checkContent({ status: 'completed', conclusion, title, externalId: joinIds(runIds) }, [text]);
}

function severity({ conclusion, status }: CheckContent): number {
  return SEVERITY.indexOf(conclusion ?? status);
}

function compareAge(left: RunView, right: RunView): number {
  return Date.parse(left.run.createdAt) - Date.parse(right.run.createdAt);
}

/** Whole ids only, as many of the newest as fit. */
function joinIds(runIds: readonly string[]): string {
  return runIds.reduce((ids, runId) => {
    const longer = ids === '' ? runId : `${ids},${runId}`;
    return longer.length <= MAX_EXTERNAL_ID ? longer : ids;
  }, '');
}

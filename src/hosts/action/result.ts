import { microUsdToUsd } from '../../domain/money.ts';
import { totalSpend } from '../../domain/run-view.ts';
import type { StoredRun } from '../../runs/tables/run-rows.ts';

/** The Action's outputs; empty text where there is nothing to say. */
export interface Outputs {
  'run-id': string;
  state: string;
  'cost-usd': string;
  'judge-score': string;
  'pull-request': string;
  'comment-url': string;
  /** JSON: what came of the event, and every run of it. */
  result: string;
}

/**
 * The outputs of a job. Where an event started several runs the single values are those of one that failed,
 * else of the first; `result` has them all.
 */
export function outputsOf(outcome: string, runs: readonly StoredRun[]): Outputs {
  const described = runs.map(describe);
  const shown = described[runs.findIndex(hasFailed)] ?? described[0];
  const text = (value: string | number | null | undefined): string => String(value ?? '');
  return {
    'run-id': text(shown?.id),
    state: text(shown?.state),
    'cost-usd': text(shown?.costUsd),
    'judge-score': text(shown?.judgeScore),
    'pull-request': text(shown?.pullRequest),
    'comment-url': text(shown?.commentUrl),
    result: JSON.stringify({ outcome, runs: described }),
  };
}

/** True for a run that a green job must not hide. */
export function hasFailed({ run }: StoredRun): boolean {
  return run.state === 'failed' || run.state === 'refused';
}

function describe({ run, view }: StoredRun) {
  const verdict = view?.verdict ?? null;
  return {
    id: run.request.runId,
    agent: run.request.work.name,
    state: run.state,
    reason: run.reason,
    costUsd: microUsdToUsd(view === null ? 0 : totalSpend(view)),
    judgeScore: verdict?.kind === 'scored' ? verdict.score : null,
    pullRequest: view?.pullRequest?.number ?? null,
    commentUrl: view?.comment?.url ?? null,
    published: (view?.effects ?? []).map(({ kind, state, receipt }) => ({
      kind,
      state,
      url: receipt?.url ?? null,
    })),
  };
}

import type { RunView } from '../../../src/domain/run-view.ts';
import { CHECK_NAMES } from '../../../src/publish/checks.ts';
import { combineChecks } from '../../../src/publish/combine-checks.ts';
import { renderTrackingComment } from '../../../src/publish/tracking-comment.ts';
import { aView, SPEND } from '../../publish/fixtures.ts';
import { VIEWS } from '../../publish/views.ts';
import { atMost, type Row } from '../engine/row.ts';
import { median, percentile } from '../support/statistics.ts';

const STEPS = 50;
const WARM_UP = 300;
const SAMPLES = 2_000;

/** All that a run of 50 steps shows: the tracking comment and the three checks. */
export const render: Row = {
  name: 'render',
  rounds: 5,
  measure: async ({ isQuick }) => {
    const view = longRun();
    const timesMs: number[] = [];
    for (let index = 0; index < WARM_UP + (isQuick ? 200 : SAMPLES); index += 1) {
      const startedAt = performance.now();
      renderTrackingComment(view);
      for (const name of CHECK_NAMES) combineChecks(name, [view]);
      if (index >= WARM_UP) timesMs.push(performance.now() - startedAt);
    }
    return [
      {
        what: `comment and checks of ${STEPS} steps, p50`,
        value: median(timesMs),
        unit: 'ms',
        bar: atMost(5),
      },
      { what: 'p99', value: percentile(timesMs, 0.99), unit: 'ms', bar: atMost(5) },
    ];
  },
};

function longRun(): RunView {
  const numbers = Array.from({ length: STEPS }, (_, index) => index + 1);
  return aView('waiting', {
    ...VIEWS['waiting-tainted'],
    steps: numbers.map((number) => ({ label: `Step ${number}`, state: 'done' })),
    plan: numbers.map((number) => ({ text: `look at \`src/file-${number}.ts\``, isDone: true })),
    spend: numbers.flatMap((number) => SPEND.map((line) => ({ ...line, step: `turn ${number}` }))),
    isPrivateRepository: true,
  });
}

import type { RunView, Stage } from '../domain/run-view.ts';
import { durationWords } from './words.ts';

const WORDS: Record<Stage['name'], string> = {
  prepare: 'Prepare',
  work: 'Work',
  check: 'Check',
  judge: 'Judge',
  decide: 'Decide',
  wait: 'Wait for people',
  publish: 'Publish',
};

/** Stages of a chart: what is more makes it too small to be read. */
const MAX_STAGES = 40;

/**
 * What an ended run did when, and for how long, as a Mermaid timeline with a section for each round where there
 * are several; empty where nothing is recorded. All of its words are fixed: nothing in it has to be escaped.
 */
export function stageChart({ stages = [] }: Pick<RunView, 'stages'>): string {
  const shown = stages.slice(-MAX_STAGES);
  if (shown.length === 0) return '';
  const hasRounds = shown.some(({ round }) => round !== shown[0]?.round);
  const lines = shown.flatMap(({ name, round, durationMs }, index) => {
    const isNew = hasRounds && round !== shown[index - 1]?.round;
    return [
      ...(isNew ? [`  section Round ${round + 1}`] : []),
      `  ${WORDS[name]} : ${durationWords(durationMs)}`,
    ];
  });
  return ['```mermaid', 'timeline', ...lines, '```'].join('\n');
}

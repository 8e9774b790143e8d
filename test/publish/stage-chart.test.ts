import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STAGES } from '../../src/domain/run-view.ts';
import { stageChart } from '../../src/publish/stage-chart.ts';
import { renderTrackingComment } from '../../src/publish/tracking-comment.ts';
import { aView } from './fixtures.ts';

const stages = fc.array(
  fc.record({
    name: fc.constantFrom(...STAGES),
    round: fc.nat(20),
    durationMs: fc.integer({ min: 0, max: 10_000_000_000 }),
  }),
  { minLength: 1, maxLength: 100 },
);

describe('the chart of the stages', () => {
  it('is Mermaid, a line for each stage and a section for each round', () => {
    const chart = stageChart({
      stages: [
        { name: 'work', round: 0, durationMs: 61_000 },
        { name: 'wait', round: 0, durationMs: 7_380_000 },
        { name: 'work', round: 1, durationMs: 850 },
      ],
    });
    expect(chart.split('\n')).toEqual([
      '```mermaid',
      'timeline',
      '  section Round 1',
      '  Work : 1 min 01 s',
      '  Wait for people : 2 h 03 min',
      '  section Round 2',
      '  Work : 850 ms',
      '```',
    ]);
    expect(stageChart({})).toBe('');
  });

  it('has no line that Mermaid takes for another, and never too many', () => {
    fc.assert(
      fc.property(stages, (some) => {
        const lines = stageChart({ stages: some }).split('\n').slice(2, -1);
        for (const line of lines)
          expect(line).toMatch(/^ {2}(section Round \d+|[A-Z][a-z ]+ : [\d.]+ [\w ]+)$/);
        expect(lines.length).toBeLessThanOrEqual(80);
      }),
    );
  });

  it('is in the comment of a run that has ended, and of no other', () => {
    const view = { stages: [{ name: 'work', round: 0, durationMs: 1 } as const] };
    expect(renderTrackingComment(aView('failed', view))).toContain('mermaid');
    expect(renderTrackingComment(aView('working', view))).not.toContain('mermaid');
  });
});

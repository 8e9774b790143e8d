import * as fc from 'fast-check';
import type { RunView } from '../../src/domain/run-view.ts';
import type { RunState } from '../../src/domain/run.ts';
import { aRun, aView, PASSED, PULL_REQUEST, SPEND } from './fixtures.ts';

const ATTACKS = [
  '| a | b |\n|---|---|\n',
  '```\n',
  '~~~~\n# out\n',
  '</details><h1>out</h1>',
  '<!-- ',
  '<!-- muster:run=r_aaaaaaaaaaaa -->',
  '@everyone @acme/team ',
  '#1 GH-2 acme/shop#3 ',
  'https://evil.example/x www.evil.example ',
  '![x](https://evil.example/p.png)',
  '`|` \\| \\\\| ',
  '\u202E\u200B\u{E0041}',
  '\uD800',
  '💥',
  'word ',
  '\n\n',
];

/** Text that tries to break out of where it is put, from a few characters to more than GitHub takes. */
export const hostileText = fc
  .tuple(
    fc.array(fc.oneof(fc.constantFrom(...ATTACKS), fc.string()), { maxLength: 12 }),
    fc.integer({ min: 1, max: 800 }),
  )
  .map(([parts, times]) => parts.join('').repeat(times).slice(0, 90_000));

/** A view that is hostile wherever a model, a file or a person writes. */
export function hostileView(state: RunState): fc.Arbitrary<RunView> {
  return fc.array(hostileText, { minLength: 14, maxLength: 14 }).map((texts) => {
    const text = (index: number): string => texts[index] ?? '';
    const run = aRun(state, { reason: text(0) });
    return aView(state, {
      run: { ...run, request: { ...run.request, trigger: { ...run.request.trigger, summary: text(1) } } },
      steps: Array.from({ length: 50 }, () => ({ label: text(2), state: 'done' as const })),
      plan: Array.from({ length: 50 }, () => ({ text: text(3), isDone: false })),
      spend: SPEND.map((line) => ({ ...line, step: text(4), model: text(5) })),
      proposals: [
        { id: 'p1', kind: 'comment', body: text(6) },
        { id: 'p2', kind: 'issue', title: text(7), body: text(6), labels: [text(8)] },
      ],
      guardFindings: [{ guard: 'links', proposalId: 'p1', outcome: 'cleaned', message: text(9) }],
      verdict: {
        ...PASSED,
        summary: text(10),
        criteria: Array.from({ length: 70 }, () => ({ name: text(11), score: 0.5, evidence: text(10) })),
      },
      quotes: {
        headSha: PULL_REQUEST.headSha,
        of: text(8),
        lines: Array.from({ length: 70 }, () => ({
          criterion: text(11),
          path: 'a',
          startLine: 1,
          endLine: 2,
        })),
      },
      decisions: [{ proposalId: 'p1', kind: 'comment', value: 'approve', reasons: [text(12)] }],
      waiting: {
        forWhom: text(12),
        proposalIds: ['p1', 'p2'],
        digest: text(8),
        expiresAt: text(8),
        comparisonUrl: text(13),
      },
      approvals: [{ login: text(8), at: text(8), via: 'command' }],
      effects: [
        {
          key: 'k',
          kind: text(8),
          state: 'failed',
          receipt: { id: text(8), url: text(13), sha: null },
          reason: text(9),
        },
      ],
      pullRequest: state === 'done' ? PULL_REQUEST : null,
      failure: { kind: text(8), message: text(9), tried: [text(10)], next: text(11) },
      remarks: [text(12), text(13)],
    });
  });
}

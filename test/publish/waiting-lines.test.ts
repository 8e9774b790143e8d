import { describe, expect, it } from 'vitest';
import type { RunView, Waiting } from '../../src/domain/run-view.ts';
import { renderGateCheck } from '../../src/publish/checks.ts';
import { waitingLines } from '../../src/publish/waiting-lines.ts';
import { aView, PULL_REQUEST } from './fixtures.ts';

const { number, headSha } = PULL_REQUEST;

/** A run whose pull request is out, and whose question is of that head, of another, or of none. */
function waiting(pull: NonNullable<Waiting['pull']> | null, overrides: Partial<RunView> = {}): RunView {
  return aView('waiting', {
    pullRequest: PULL_REQUEST,
    waiting: {
      forWhom: 'one person with write access',
      proposalIds: ['p1'],
      digest: 'd',
      expiresAt: '2026-11-29T12:00:00Z',
      comparisonUrl: null,
      pull,
    },
    ...overrides,
  });
}

const buttons = (view: RunView) => renderGateCheck(view).actions.map(({ identifier }) => identifier);

describe('what waits', () => {
  it('is approved by a review where it is the pull request of the run', () => {
    expect(waitingLines(waiting({ number, headSha }), true)).toContain(
      'or approve pull request #13: publishes',
    );
  });

  it.each([
    ['is something else', waiting(null)],
    ['stands on the pull request that it was asked on', waiting({ number: 12, headSha: 'theirs' })],
    ['is for the Action, which reads no reviews', waiting({ number, headSha }, { hearsCommentsOnly: true })],
  ])('is not where it %s', (_what, view) => {
    expect(waitingLines(view, true)).toContain('- `/approve`: publishes it');
  });
});

describe('the buttons of muster/gate', () => {
  it('stand where they count', () => {
    expect(buttons(waiting({ number, headSha }))).toContain('approve');
    expect(buttons(waiting(null))).toContain('approve');
    expect(buttons(waiting({ number: 12, headSha: 'theirs' }))).toEqual(['reject', 'retry']);
  });

  it('are not there in the Action, which no press reaches', () => {
    expect(buttons(waiting(null, { hearsCommentsOnly: true }))).toEqual([]);
    expect(buttons(aView('failed', { hearsCommentsOnly: true }))).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { RunView } from '../../src/domain/run-view.ts';
import { renderReminder } from '../../src/publish/reminder.ts';
import { aView, RUN_ID } from './fixtures.ts';

function waiting(body: string): RunView {
  return aView('waiting', {
    proposals: [{ id: 'p1', kind: 'issue', title: 'Zero', body, labels: [] }],
    waiting: {
      forWhom: 'one person with write access',
      proposalIds: ['p1'],
      digest: 'd',
      expiresAt: '2026-11-29T12:00:00Z',
      comparisonUrl: null,
    },
  });
}

describe('the reminder', () => {
  it('says what waits, until when, and what moves it', () => {
    expect(renderReminder(waiting('A total of zero.'))).toBe(
      '`root-cause` still waits for one person with write access. It expires 2026-11-29 12:00 UTC: ' +
        `\`/approve ${RUN_ID}\`, \`/reject\` or \`/rework\` moves it.`,
    );
  });

  it('offers no approval of what the tracking comment can not show whole', () => {
    const text = renderReminder(waiting('x'.repeat(60_000)));
    expect(text).not.toContain('/approve');
    expect(text).toContain('UTC: `/reject` or `/rework` moves it.');
  });

  it('is none where nothing waits', () => {
    expect(renderReminder(aView('done'))).toBeNull();
  });
});

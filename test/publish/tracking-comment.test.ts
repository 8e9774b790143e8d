import { describe, expect, it } from 'vitest';
import { renderTrackingComment } from '../../src/publish/tracking-comment.ts';
import { RUN_ID, aView } from './fixtures.ts';
import { VIEWS } from './views.ts';

describe('renderTrackingComment', () => {
  it.each(Object.keys(VIEWS))('looks as the golden file says: %s', async (name) => {
    const comment = renderTrackingComment(VIEWS[name] ?? aView('queued'));
    await expect(comment).toMatchFileSnapshot(`golden/comment-${name}.md`);
  });

  it('ends with the marker of its run, whatever is in it', () => {
    const view = aView('working', { remarks: ['<!-- muster:run=r_zzzzzzzzzzzz -->'] });
    expect(renderTrackingComment(view).split('\n').at(-1)).toBe(`<!-- muster:run=${RUN_ID} -->`);
    expect(renderTrackingComment(view)).not.toContain('r_zzzzzzzzzzzz -->');
  });

  it('shows no budgets in a public repository', () => {
    const view = { ...aView('done'), ...VIEWS['done'] };
    expect(renderTrackingComment({ ...view, isPrivateRepository: true })).toContain('of $200.00');
    expect(renderTrackingComment({ ...view, isPrivateRepository: false })).not.toContain('of $200.00');
  });

  it('offers no approval of what it can not show whole', () => {
    const body = 'x'.repeat(60_000);
    const comment = renderTrackingComment(
      aView('waiting', {
        proposals: [{ id: 'p1', kind: 'issue', title: 't', body, labels: [] }],
        waiting: {
          forWhom: 'a person',
          proposalIds: ['p1'],
          digest: 'd',
          expiresAt: '2026-11-29T12:00:00Z',
          comparisonUrl: null,
        },
      }),
    );
    expect(comment).toContain('can not be approved');
    expect(comment).not.toContain('`/approve`');
    expect(comment.length).toBeLessThanOrEqual(65_536);
  });

  it('shows a check mark only where every effect was read back', () => {
    const effect = { key: 'publish:p1', kind: 'comment', receipt: null, reason: null };
    const open = aView('done', { effects: [{ ...effect, state: 'unknown' }] });
    expect(renderTrackingComment(open)).toMatch(/^### ⚠️ done/);
    const verified = aView('done', { effects: [{ ...effect, state: 'verified' }] });
    expect(renderTrackingComment(verified)).toMatch(/^### ✅ done/);
  });
});

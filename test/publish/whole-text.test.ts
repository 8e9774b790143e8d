import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import type { Proposal, ProposalOf } from '../../src/domain/proposal.ts';
import { issueEffector } from '../../src/publish/issue.ts';
import { reviewEffector } from '../../src/publish/review.ts';
import { wholeTextEffector, wholeTextOf } from '../../src/publish/whole-text.ts';
import { aTarget, fakeGitHub } from './fake-github.ts';
import { refuse } from './fake-state.ts';
import { aChange, RUN_ID } from './fixtures.ts';
import { hostileText } from './hostile.ts';

const REF = `refs/muster/${RUN_ID}-p1`;
const URL = 'https://github.com/acme/shop/blob/c0ffee/p1.md';
const LONG = '- a line\n'.repeat(8_000).trim();
const WHOLE = { id: 'p1', text: LONG };

function aReview(overrides: Partial<ProposalOf<'review'>>): ProposalOf<'review'> {
  return { id: 'p1', kind: 'review', event: 'COMMENT', body: 'See.', comments: [], ...overrides };
}

describe('wholeTextOf', () => {
  it.each<Proposal>([
    { id: 'p1', kind: 'comment', body: LONG },
    { id: 'p1', kind: 'issue', title: 'Long', body: LONG, labels: [] },
    { id: 'p1', kind: 'pull_request', title: 'Long', body: LONG, changes: [aChange()] },
    aReview({ body: LONG }),
  ])('is all that a long $kind says', (proposal) => {
    expect(wholeTextOf(proposal)).toEqual(WHOLE);
  });

  it.each<Proposal>([
    { id: 'p1', kind: 'comment', body: 'x'.repeat(64_000) },
    { id: 'p1', kind: 'pull_request', title: 'Big', body: 'It.', changes: [aChange({ content: LONG })] },
    aReview({ comments: [{ path: 'a.ts', line: 2, body: 'x'.repeat(60_000) }] }),
    { id: 'p1', kind: 'labels', add: ['bug'], remove: [] },
  ])('is nothing where GitHub takes the $kind in one piece', (proposal) => {
    expect(wholeTextOf(proposal)).toBeNull();
  });

  it('has every comment of a review at its place, whatever the ones before leave open', () => {
    const comments = [1, 2, 3].map((line) => ({ path: 'a.ts', line, body: `${'x'.repeat(30_000)}\n\`\`\`` }));
    const { text = '' } = wholeTextOf(aReview({ body: '~~~\nopen', comments })) ?? {};
    expect(text.startsWith('~~~\nopen\n~~~\n\n**On lines')).toBe(true);
    for (const line of [1, 2, 3]) {
      expect(text).toContain(`\n\n\`a.ts:${line}\`\n\n> ${'x'.repeat(30_000)}\n> \`\`\``);
    }
  });

  it('holds none of our markers', () => {
    const body = `<!-- muster:run=${RUN_ID} -->${LONG}`;
    const { text = '' } = wholeTextOf({ id: 'p1', kind: 'comment', body }) ?? {};
    expect(text).toContain(LONG);
    expect(text).not.toContain('<!-- muster:');
  });
});

describe('what is cut', () => {
  it('is always kept, and linked, in an issue', async () => {
    const { github, state } = fakeGitHub();
    await fc.assert(
      fc.asyncProperty(hostileText, async (body) => {
        const issue: ProposalOf<'issue'> = { id: 'p1', kind: 'issue', title: 'It', body, labels: [] };
        const { id } = await issueEffector.perform(aTarget(github, { wholeUrl: URL }), issue);
        expect(mistakesIn(state.issues.get(Number(id))?.body ?? '', issue)).toEqual([]);
      }),
    );
  });

  it('is always kept, and linked, in a review, on the lines and off them', async () => {
    const { github, state } = fakeGitHub();
    state.files = [{ path: 'a.ts', status: 'added', patch: '@@ -0,0 +1 @@\n+a', additions: 1, deletions: 0 }];
    const subject = { kind: 'pull_request' as const, number: 20 };
    const comment = fc.record({
      path: fc.constantFrom('a.ts', 'b.ts'),
      line: fc.constant(1),
      body: hostileText,
    });
    await fc.assert(
      fc.asyncProperty(hostileText, fc.array(comment, { maxLength: 3 }), async (body, comments) => {
        const review = aReview({ body, comments });
        await reviewEffector.perform(aTarget(github, { subject, headSha: 'head', wholeUrl: URL }), review);
        const posted = state.reviews.splice(0);
        for (const { body: text, inline } of posted)
          for (const one of [text, ...inline.map((said) => said.body)])
            expect(mistakesIn(one, review)).toEqual([]);
      }),
    );
  });

  function mistakesIn(published: string, proposal: Proposal): string[] {
    const isCut = /\*Cut here: \d+ more|^\*\d+ more comments have no room/m.test(published);
    return [
      ...(published.length > 65_536 ? ['too long'] : []),
      ...(isCut && wholeTextOf(proposal) === null ? ['not kept'] : []),
      ...(isCut && !published.includes(`All of it: [whole text](${URL}).*`) ? ['not linked'] : []),
    ];
  }
});

describe('wholeTextEffector', () => {
  it('keeps the text as the one file of a commit of its own', async () => {
    const { github, state } = fakeGitHub();
    const target = aTarget(github);
    const receipt = await wholeTextEffector.perform(target, WHOLE);
    const sha = state.refs.get(REF) ?? '';
    expect(receipt).toEqual({ id: REF, url: `https://github.com/acme/shop/blob/${sha}/p1.md`, sha });
    expect(state.parents.get(sha)).toEqual([]);
    const tree = state.trees.get(state.commits.get(sha)?.treeSha ?? '') ?? {};
    expect(Object.keys(tree)).toEqual(['p1.md']);
    expect(state.blobs.get(tree['p1.md']?.blobSha ?? '')?.content).toBe(LONG);
    expect(await wholeTextEffector.verify(target, WHOLE, receipt)).toBe(true);
  });

  it('is found after a lost answer, and by whoever comes second', async () => {
    const { github, state, loseAnswer, before } = fakeGitHub();
    const target = aTarget(github);
    expect(await wholeTextEffector.find(target, WHOLE)).toBeNull();
    loseAnswer('createRef');
    await expect(wholeTextEffector.perform(target, WHOLE)).rejects.toThrow('reset');
    const first = state.refs.get(REF) ?? '';
    const found = await wholeTextEffector.find(target, WHOLE);
    expect(found).toMatchObject({ sha: first });
    expect(await wholeTextEffector.perform(target, WHOLE)).toEqual(found);
    state.refs.delete(REF);
    before('createRef', () => state.refs.set(REF, first));
    expect(await wholeTextEffector.perform(target, WHOLE)).toEqual(found);
  });

  it('is not verified where the file says something else', async () => {
    const { github, state } = fakeGitHub();
    const target = aTarget(github);
    const other = await wholeTextEffector.perform(target, { ...WHOLE, text: `${LONG}!` });
    expect(await wholeTextEffector.verify(target, WHOLE, other)).toBe(false);
    state.commits.clear();
    expect(await wholeTextEffector.verify(target, WHOLE, other)).toBe(false);
  });

  it('links nothing where the token may not write contents, and hides no other refusal', async () => {
    const { github, before } = fakeGitHub();
    const target = aTarget(github);
    before('createBlob', () => {
      throw new MusterError('github_forbidden', 'Resource not accessible by integration');
    });
    const receipt = await wholeTextEffector.perform(target, WHOLE);
    expect(receipt).toMatchObject({ url: null, sha: null });
    expect(await wholeTextEffector.verify(target, WHOLE, receipt)).toBe(true);
    before('createCommit', () => refuse('a rule of this repository'));
    await expect(wholeTextEffector.perform(target, WHOLE)).rejects.toThrow('a rule');
  });
});

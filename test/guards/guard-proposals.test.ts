import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../src/domain/proposal.ts';
import { guardProposals } from '../../src/guards/guard-proposals.ts';
import { change, comment, context, hostileText, pullRequest, SECRET } from './samples.ts';

const outcomes = async (proposal: Proposal, overrides = {}): Promise<string[]> =>
  (await guardProposals([proposal], context(overrides))).findings.map(
    ({ guard, outcome }) => `${guard} ${outcome}`,
  );

const hostileProposal: fc.Arbitrary<Proposal> = fc.oneof(
  hostileText.map((body) => comment(body)),
  fc.tuple(hostileText, hostileText).map(([body, inline]): Proposal => ({
    kind: 'review',
    id: 'p1',
    event: 'COMMENT',
    body,
    comments: [{ path: 'src/a.ts', line: 1, body: inline }],
  })),
  fc
    .tuple(hostileText, hostileText)
    .map(([title, body]): Proposal => ({ kind: 'issue', id: 'p1', title, body, labels: [title] })),
  fc
    .tuple(hostileText, hostileText, hostileText)
    .map(([title, body, content]) => pullRequest([change('src/a.ts', { content })], { title, body })),
  hostileText.map((text): Proposal => ({ kind: 'notes', id: 'p1', notes: [{ text, kind: 'fact' }] })),
  hostileText.map((label): Proposal => ({ kind: 'labels', id: 'p1', add: [label], remove: [] })),
  hostileText.map((value): Proposal => ({
    kind: 'dispatch',
    id: 'p1',
    workflow: 'a.yml',
    inputs: { value },
  })),
);

describe('guardProposals', () => {
  it('lets good proposals pass untouched', async () => {
    const proposals: Proposal[] = [
      { ...comment('Fixes #7 as asked.'), id: 'p1' },
      { kind: 'labels', id: 'p2', add: ['bug'], remove: [] },
      { kind: 'assign', id: 'p3', logins: ['ada'] },
      { kind: 'issue', id: 'p4', title: 'Parser drops a line', body: 'Steps.', labels: ['bug'] },
      { kind: 'close', id: 'p5', reason: 'completed' },
      {
        kind: 'review',
        id: 'p6',
        event: 'COMMENT',
        body: '',
        comments: [{ path: 'a.ts', line: 3, body: 'Off by one.' }],
      },
      { ...pullRequest([change('src/a.ts')]), id: 'p7' },
      { kind: 'dispatch', id: 'p8', workflow: 'deploy.yml', inputs: { env: 'staging' } },
      { kind: 'notes', id: 'p9', notes: [{ text: 'The parser is hand-written.', kind: 'fact' }] },
    ];
    const base = context();
    const limits = { ...base.limits, dispatch: { max: 1, allow: ['deploy.yml'] } };
    expect(await guardProposals(proposals, { ...base, limits })).toEqual({ proposals, findings: [] });
  });

  it('redacts a secret in prose, and says so without it', async () => {
    const { proposals, findings } = await guardProposals([comment(`use ${SECRET}`)], context());
    expect(proposals).toEqual([comment('use [redacted: test key]')]);
    expect(findings).toEqual([
      { guard: 'secrets', proposalId: 'p1', outcome: 'cleaned', message: 'body: removed test key' },
    ]);
  });

  it('blocks a pull request with a secret in its files, and keeps it in the list', async () => {
    const proposal = pullRequest([change('src/a.ts', { content: SECRET })]);
    const { proposals, findings } = await guardProposals([proposal], context());
    expect(proposals).toEqual([proposal]);
    expect(findings).toMatchObject([{ guard: 'secrets', outcome: 'blocked' }]);
  });

  it.each([
    ['an empty comment', comment(' <!-- only hidden --> ')],
    ['a review of nothing', { kind: 'review', id: 'p1', event: 'COMMENT', body: '', comments: [] } as const],
    [
      'a review of a path out of the tree',
      {
        kind: 'review',
        id: 'p1',
        event: 'COMMENT',
        body: '',
        comments: [{ path: '../a', line: 1, body: 'x' }],
      },
    ],
    ['labels that start runs', { kind: 'labels', id: 'p1', add: ['agent:x'], remove: ['flow:y'] }],
    ['nobody to assign', { kind: 'assign', id: 'p1', logins: ['@x'] }],
    ['an issue without a title', { kind: 'issue', id: 'p1', title: '\u200B', body: 'x', labels: [] }],
    ['a pull request without files', pullRequest([])],
    ['a pull request without a title', pullRequest([change('a.ts')], { title: ' ' })],
    ['a workflow that is not allowed', { kind: 'dispatch', id: 'p1', workflow: 'x.yml', inputs: {} }],
  ] as [string, Proposal][])('blocks %s', async (_name, proposal) => {
    expect((await outcomes(proposal)).some((outcome) => outcome.endsWith(' blocked'))).toBe(true);
  });

  it.each([
    ['a secret', { token: SECRET }],
    ['personal data', { to: 'bob@acme.dev' }],
    ['too many', Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`i${index}`, 'x']))],
    ['too long', { text: 'x'.repeat(70_000) }],
  ])('blocks a dispatch whose inputs are or hold %s', async (_name, inputs) => {
    const limits = { dispatch: { max: 1, allow: ['a.yml'] } };
    const proposal: Proposal = { kind: 'dispatch', id: 'p1', workflow: 'a.yml', inputs };
    expect((await outcomes(proposal, { limits })).every((outcome) => outcome.endsWith(' blocked'))).toBe(
      true,
    );
    expect(await outcomes(proposal, { limits })).not.toEqual([]);
  });

  it('blocks a dispatch that GitHub would refuse', async () => {
    const limits = { dispatch: { max: 1, allow: ['a.yml'] } };
    const proposal: Proposal = { kind: 'dispatch', id: 'p1', workflow: 'a.yml', inputs: { level: 'x' } };
    expect(await outcomes(proposal, { limits })).toEqual(['workflow blocked']);
    expect(await outcomes(proposal, { limits, readWorkflow: async () => null })).toEqual([
      'workflow blocked',
    ]);
  });

  it('asks a person for protected files and for those of commands', async () => {
    const proposal = pullRequest([change('package.json'), change('dist/a.js', { origin: 'command' })]);
    expect(await outcomes(proposal)).toEqual(['paths needs_approval', 'paths needs_approval']);
  });

  it('reads the body of a pull request as a commit message', async () => {
    const { proposals } = await guardProposals(
      [pullRequest([change('a.ts')], { body: '`fixes #9` [skip ci]' })],
      context(),
    );
    expect(proposals).toMatchObject([{ body: '`refs #9` (skip ci)' }]);
  });

  it('keeps fifty inline comments at most', async () => {
    const comments = Array.from({ length: 60 }, (_, index) => ({ path: 'a.ts', line: index + 1, body: 'x' }));
    const { proposals } = await guardProposals(
      [{ kind: 'review', id: 'p1', event: 'COMMENT', body: 'x', comments }],
      context(),
    );
    expect(proposals[0]).toMatchObject({ comments: { length: 50 } });
  });

  it('changes nothing more the second time, and no finding holds the secret or the datum', async () => {
    const limits = { ...context().limits, dispatch: { max: 1, allow: ['a.yml'] } };
    await fc.assert(
      fc.asyncProperty(hostileProposal, async (proposal) => {
        const once = await guardProposals([proposal], context({ limits }));
        const twice = await guardProposals(once.proposals, context({ limits }));
        expect(twice.proposals).toEqual(once.proposals);
        expect(JSON.stringify(once.findings)).not.toMatch(/SECRET-|a@b\.co|20 7946/);
        const text = JSON.stringify(once.proposals);
        const isBlocked = once.findings.some(({ outcome }) => outcome === 'blocked');
        if (!isBlocked) expect(text).not.toContain(SECRET);
      }),
      { numRuns: 150 },
    );
  });
});

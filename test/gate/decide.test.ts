import { describe, expect, it } from 'vitest';
import type { GateValue } from '../../src/domain/gate.ts';
import type { Proposal, ProposalKind } from '../../src/domain/proposal.ts';
import { decideGate, type GateFacts } from '../../src/gate/decide.ts';

const COMMENT: Proposal = { id: 'p1', kind: 'comment', body: 'x' };
const PULL: Proposal = { id: 'p1', kind: 'pull_request', title: 't', body: 'b', changes: [] };
const LABELS: Proposal = { id: 'p1', kind: 'labels', add: ['bug'], remove: [] };
const REVIEW: Proposal = { id: 'p1', kind: 'review', event: 'COMMENT', body: 'x', comments: [] };
const NOTES: Proposal = { id: 'p1', kind: 'notes', notes: [] };

const PASSED: GateFacts['verdict'] = {
  kind: 'scored',
  criteria: [],
  summary: '',
  score: 0.9,
  threshold: 0.7,
  model: 'openai/gpt-5',
  isSelfJudged: false,
  costMicroUsd: 0,
};

function facts(proposal: Proposal, overrides: Partial<GateFacts> = {}): GateFacts {
  return {
    proposals: [proposal],
    findings: [],
    verdict: PASSED,
    isTainted: false,
    isPushed: false,
    agent: { gate: {}, outputs: {} },
    config: { gate: { required: false } },
    autonomy: null,
    hold: null,
    hasCommits: true,
    repositoryLabels: ['bug', 'deploy'],
    workflowLabels: ['deploy'],
    spentMicroUsd: 10,
    quoteHighMicroUsd: 100,
    ...overrides,
  };
}

const valueOf = (proposal: Proposal, overrides: Partial<GateFacts> = {}): GateValue | undefined =>
  decideGate(facts(proposal, overrides))[0]?.value;

describe('gate, by default', () => {
  it.each<[Proposal, GateValue]>([
    [COMMENT, 'publish'],
    [NOTES, 'publish'],
    [LABELS, 'publish'],
    [REVIEW, 'publish'],
    [PULL, 'review'],
    [{ ...REVIEW, event: 'APPROVE' }, 'approve'],
    [{ ...REVIEW, event: 'REQUEST_CHANGES' }, 'approve'],
    [{ id: 'p1', kind: 'issue', title: 't', body: 'b', labels: [] }, 'approve'],
    [{ id: 'p1', kind: 'assign', logins: ['ada'] }, 'approve'],
    [{ id: 'p1', kind: 'close', reason: 'completed' }, 'approve'],
    [{ id: 'p1', kind: 'dispatch', workflow: 'deploy.yml', inputs: {} }, 'approve'],
  ])('decides %o as %s', (proposal, value) => {
    expect(valueOf(proposal)).toBe(value);
  });
});

describe('gate, whatever the configuration says', () => {
  const loosest = Object.fromEntries(
    (['comment', 'review', 'labels', 'pull_request', 'close', 'notes'] as ProposalKind[]).map((kind) => [
      kind,
      'publish',
    ]),
  );
  const config = { gate: { required: false, ...loosest } };

  it.each<[string, Partial<GateFacts>]>([
    ['a score below the threshold', { verdict: { ...PASSED, score: 0.69 } }],
    ['a missing verdict', { verdict: { kind: 'missing', reason: 'unreadable', threshold: 0.7 } }],
    ['a verdict on a part of the change', { verdict: { ...PASSED, sawWhole: false } }],
    ['spend over the quote', { spentMicroUsd: 101 }],
    ['a revert, of an agent on `auto`', { autonomy: 'auto', hold: 'revert' }],
    ['a streak of rejections', { hold: 'streak' }],
    ['a fall of its acceptance', { hold: 'drop' }],
    ['a push', { isPushed: true }],
    [
      'a guard that asks for a person',
      { findings: [{ guard: 'paths', proposalId: 'p1', outcome: 'needs_approval', message: 'protected' }] },
    ],
  ])('asks a person for everything after %s', (_why, overrides) => {
    for (const proposal of [COMMENT, PULL, REVIEW, LABELS, NOTES]) {
      expect(valueOf(proposal, { config, ...overrides })).toBe('approve');
    }
  });

  it('lets a tainted run publish only what harms nobody', () => {
    const tainted = { config, isTainted: true };
    expect(valueOf(COMMENT, tainted)).toBe('publish');
    expect(valueOf(NOTES, tainted)).toBe('publish');
    expect(valueOf(REVIEW, tainted)).toBe('publish');
    expect(valueOf(PULL, tainted)).toBe('approve');
    expect(valueOf({ ...REVIEW, event: 'APPROVE' }, tainted)).toBe('approve');
    expect(valueOf(LABELS, tainted)).toBe('approve');
    const listed = { gate: {}, outputs: { labels: { max: 1, allow: ['bug'] } } };
    expect(valueOf(LABELS, { ...tainted, agent: listed })).toBe('publish');
  });

  it('blocks what a guard blocked', () => {
    const findings: GateFacts['findings'] = [
      { guard: 'secrets', proposalId: 'p1', outcome: 'blocked', message: 'a token' },
    ];
    expect(valueOf(PULL, { config, findings })).toBe('block');
    expect(decideGate(facts(PULL, { config, findings }))[0]?.reasons).toContain('a token');
  });

  it('blocks a pull request in a repository without commits', () => {
    expect(valueOf(PULL, { config, hasCommits: false })).toBe('block');
    expect(valueOf(COMMENT, { config, hasCommits: false })).toBe('publish');
  });

  it('blocks labels that start runs, and asks for unknown, unlisted and workflow labels', () => {
    const label = (name: string): Proposal => ({ id: 'p1', kind: 'labels', add: [name], remove: [] });
    expect(valueOf(label('agent:triager'), { config })).toBe('block');
    expect(valueOf(label('FLOW:build'), { config })).toBe('block');
    expect(valueOf(label('nonesuch'), { config })).toBe('approve');
    expect(valueOf(label('deploy'), { config })).toBe('approve');
    const agent = { gate: {}, outputs: { labels: { max: 1, allow: ['deploy'] } } };
    expect(valueOf(label('deploy'), { config, agent })).toBe('publish');
    expect(valueOf(label('bug'), { config, agent })).toBe('approve');
  });
});

describe('gate, as configured', () => {
  it('lets the configuration loosen a default and the agent file only tighten it', () => {
    const config = { gate: { required: false, pull_request: 'publish' as const } };
    expect(valueOf(PULL, { config })).toBe('publish');
    expect(valueOf(PULL, { config, agent: { gate: { pull_request: 'review' }, outputs: {} } })).toBe(
      'review',
    );
    expect(valueOf(PULL, { agent: { gate: { pull_request: 'publish' }, outputs: {} } })).toBe('review');
  });

  it('asks for all but comments and notes of an agent on `comment-only`', () => {
    expect(valueOf(COMMENT, { autonomy: 'comment-only' })).toBe('publish');
    expect(valueOf(LABELS, { autonomy: 'comment-only' })).toBe('approve');
  });
});

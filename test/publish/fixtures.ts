import type { Effect } from '../../src/domain/effect.ts';
import { NO_USAGE } from '../../src/domain/usage.ts';
import type { RunView } from '../../src/domain/run-view.ts';
import type { Run, RunState } from '../../src/domain/run.ts';
import type { FileChange } from '../../src/domain/proposal.ts';

export const RUN_ID = 'r_abcdefghij23';

const ADA = { id: 7, login: 'ada', isBot: false };

export function aRun(state: RunState, overrides: Partial<Run> = {}): Run {
  return {
    request: {
      runId: RUN_ID,
      tenant: { id: 1, owner: 'acme', name: 'shop', installationId: 9 },
      subject: { kind: 'issue', number: 12 },
      work: { kind: 'agent', name: 'root-cause' },
      trigger: {
        kind: 'label',
        key: 'label:1',
        actor: ADA,
        at: '2026-11-22T11:00:00Z',
        summary: 'label `agent:root-cause` by @ada',
      },
      requester: ADA,
      instruction: null,
      isDryRun: false,
      overrides: {},
    },
    state,
    attempt: 1,
    round: 0,
    isTainted: false,
    reason: null,
    createdAt: '2026-11-22T11:00:00Z',
    updatedAt: '2026-11-22T11:05:00Z',
    ...overrides,
  };
}

export function aView(state: RunState, overrides: Partial<RunView> = {}): RunView {
  return {
    run: aRun(state),
    isPrivateRepository: true,
    repositoryUrl: 'https://github.com/acme/shop',
    steps: [],
    plan: [],
    quote: { lowMicroUsd: 40_000, highMicroUsd: 310_000, capMicroUsd: 500_000 },
    spend: [],
    budgets: null,
    proposals: [],
    guardFindings: [],
    verdict: null,
    decisions: [],
    waiting: null,
    approvals: [],
    effects: [],
    pullRequest: null,
    failure: null,
    remarks: [],
    headSha: overrides.pullRequest?.headSha ?? null,
    isDryRun: false,
    comment: null,
    checksDigest: null,
    ...overrides,
  };
}

export const SPEND: RunView['spend'] = [
  {
    step: 'turn 1',
    model: 'anthropic/claude-sonnet-4-5',
    usage: { ...NO_USAGE, inputTokens: 12_400, cachedInputTokens: 8000, outputTokens: 900 },
    costMicroUsd: 41_000,
  },
  {
    step: 'judge',
    model: 'openai/gpt-5',
    usage: { ...NO_USAGE, inputTokens: 5100, outputTokens: 700, reasoningTokens: 350 },
    costMicroUsd: 13_400,
  },
];

export const PASSED: Extract<RunView['verdict'], { kind: 'scored' }> = {
  kind: 'scored',
  criteria: [
    { name: 'root_cause', score: 0.9, evidence: 'if (total === 0) return null; | drops `0`' },
    { name: 'minimal', score: 0.82, evidence: 'one line changed in src/cart.ts' },
  ],
  summary: 'The cause is quoted and the change is small.',
  score: 0.86,
  threshold: 0.75,
  model: 'openai/gpt-5',
  isSelfJudged: false,
  costMicroUsd: 13_400,
};

export const PULL_REQUEST: NonNullable<RunView['pullRequest']> = {
  number: 13,
  url: 'https://github.com/acme/shop/pull/13',
  headSha: 'c0ffee'.padEnd(40, '0'),
};

export function aChange(overrides: Partial<FileChange> = {}): FileChange {
  return {
    path: 'src/cart.ts',
    mode: '100644',
    content: 'export const total = 0;\n',
    encoding: 'utf-8',
    origin: 'edit',
    ...overrides,
  };
}

const COMMENT: RunView['proposals'][number] = { id: 'p1', kind: 'comment', body: 'x' };

export function anEffect(state: Effect['state']): Effect {
  return { key: 'publish:p1', kind: 'comment', state, receipt: null, reason: null };
}

/** Of a run that published one comment. */
export function doneView(overrides: Partial<RunView> = {}): RunView {
  return aView('done', {
    spend: SPEND,
    verdict: PASSED,
    proposals: [COMMENT],
    effects: [anEffect('verified')],
    ...overrides,
  });
}

import type { RunView } from '../../src/domain/run-view.ts';
import { aChange, aRun, aView, PASSED, PULL_REQUEST, SPEND } from './fixtures.ts';

const STEPS_DONE: RunView['steps'] = ['prepare', 'work', 'judge', 'publish'].map((label) => ({
  label,
  state: 'done',
}));

const FIX: RunView['proposals'][number] = {
  id: 'p1',
  kind: 'pull_request',
  title: 'Keep a total of zero',
  body: 'A total of `0` was taken for none.\n\nFixes the check in `src/cart.ts`.',
  changes: [aChange(), aChange({ path: 'run.sh', mode: '100755', origin: 'command' })],
};

/** One view for each thing that people see; the golden files hold what they look like. */
export const VIEWS: Record<string, RunView> = {
  queued: aView('queued'),
  working: aView('working', {
    steps: [
      { label: 'prepare', state: 'done' },
      { label: 'work', state: 'current' },
      { label: 'judge', state: 'pending' },
    ],
    plan: [
      { text: 'reproduce the bug', isDone: true },
      { text: 'ask @bob | about #3', isDone: false },
    ],
    spend: SPEND.slice(0, 1),
    remarks: ['second trigger by bob: https://github.com/acme/shop/issues/12#issuecomment-5'],
  }),
  'waiting-draft': aView('waiting', {
    steps: STEPS_DONE,
    spend: SPEND,
    verdict: PASSED,
    proposals: [FIX],
    decisions: [
      {
        proposalId: 'p1',
        kind: 'pull_request',
        value: 'review',
        reasons: ['a pull request waits for a person'],
      },
    ],
    pullRequest: PULL_REQUEST,
    effects: [
      {
        key: 'publish:p1',
        kind: 'pull_request',
        state: 'verified',
        receipt: { id: '13', url: PULL_REQUEST.url, sha: PULL_REQUEST.headSha },
        reason: null,
      },
    ],
    waiting: {
      forWhom: 'an approval by someone with write access',
      proposalIds: ['p1'],
      digest: PULL_REQUEST.headSha,
      expiresAt: '2026-11-29T12:00:00Z',
      comparisonUrl: null,
      pull: PULL_REQUEST,
    },
  }),
  'waiting-tainted': aView('waiting', {
    run: aRun('waiting', { isTainted: true }),
    isPrivateRepository: false,
    steps: STEPS_DONE,
    spend: SPEND,
    budgets: {
      dayMicroUsd: 20_000_000,
      daySpentMicroUsd: 1_000_000,
      monthMicroUsd: 200_000_000,
      monthSpentMicroUsd: 3_000_000,
    },
    verdict: PASSED,
    proposals: [
      FIX,
      { id: 'p2', kind: 'issue', title: 'Also\nlabels: ["x"]', body: '```js\nlet a;\n```', labels: ['bug'] },
    ],
    decisions: [
      {
        proposalId: 'p1',
        kind: 'pull_request',
        value: 'approve',
        reasons: ['the run has read text of people who may not instruct it'],
      },
      { proposalId: 'p2', kind: 'issue', value: 'approve', reasons: ['a issue waits for a person'] },
    ],
    guardFindings: [
      { guard: 'secrets', proposalId: 'p1', outcome: 'cleaned', message: 'removed a GitHub token' },
    ],
    waiting: {
      forWhom: 'an approval by someone with write access',
      proposalIds: ['p1', 'p2'],
      digest: 'deadbeef'.padEnd(40, '0'),
      expiresAt: '2026-11-29T12:00:00Z',
      comparisonUrl: 'https://github.com/acme/shop/compare/main...deadbeef',
    },
  }),
  done: aView('done', {
    steps: STEPS_DONE,
    stages: [
      { name: 'prepare', round: 0, durationMs: 850 },
      { name: 'work', round: 0, durationMs: 42_300 },
      { name: 'check', round: 0, durationMs: 12 },
      { name: 'judge', round: 0, durationMs: 8400 },
      { name: 'decide', round: 0, durationMs: 3 },
      { name: 'wait', round: 0, durationMs: 7_380_000 },
      { name: 'publish', round: 0, durationMs: 1900 },
    ],
    spend: SPEND,
    savings: { byModelChoiceMicroUsd: 120_000, byCachingMicroUsd: 21_600 },
    budgets: {
      dayMicroUsd: 20_000_000,
      daySpentMicroUsd: 1_000_000,
      monthMicroUsd: 200_000_000,
      monthSpentMicroUsd: 3_000_000,
    },
    verdict: PASSED,
    proposals: [{ id: 'p1', kind: 'comment', body: 'The cause is a check for zero.' }],
    decisions: [{ proposalId: 'p1', kind: 'comment', value: 'publish', reasons: [] }],
    approvals: [{ login: 'bob', at: '2026-11-22T12:00:00Z', via: 'command' }],
    effects: [
      {
        key: 'publish:p1',
        kind: 'comment',
        state: 'verified',
        receipt: { id: '5', url: 'https://github.com/acme/shop/issues/12#issuecomment-5', sha: null },
        reason: null,
      },
    ],
  }),
  failed: aView('failed', {
    steps: [{ label: 'work', state: 'failed' }],
    spend: SPEND.slice(0, 1),
    failure: {
      kind: 'budget',
      message: 'The next turn could cost $0.52; the cap of the run is $0.50.',
      tried: ['a shorter context', 'the model fast'],
      next: 'raise it with `/retry max=$2`, or ask for less',
    },
  }),
  rejected: aView('rejected', {
    run: aRun('rejected', { reason: 'rejected by bob: wrong file' }),
    steps: STEPS_DONE,
    stages: [
      { name: 'work', round: 0, durationMs: 42_300 },
      { name: 'work', round: 1, durationMs: 61_000 },
    ],
    spend: SPEND,
    verdict: PASSED,
    pullRequest: PULL_REQUEST,
  }),
  refused: aView('refused', {
    run: aRun('refused', { reason: '.github/muster.yml:4: `budgets.day`: expected a number' }),
    quote: null,
  }),
  'dry-run': aView('done', {
    isDryRun: true,
    steps: STEPS_DONE,
    spend: SPEND,
    verdict: PASSED,
    proposals: [FIX, { id: 'p2', kind: 'labels', add: ['bug'], remove: [] }],
  }),
};

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderCostCheck } from '../../src/publish/checks.ts';
import { costsNow } from '../../src/runs/stages/costs-shown.ts';
import { callModel } from '../../src/runs/stages/model-call.ts';
import type { Prepared } from '../../src/runs/stages/prepare.ts';
import { agentFile } from '../e2e/support/replies.ts';
import { openStageBench, REPOSITORY, type StageBench } from './stage-bench.ts';

const USAGE = {
  inputTokens: 10_000,
  cachedInputTokens: 8000,
  cacheWriteTokens: 0,
  outputTokens: 500,
  reasoningTokens: 0,
};

let bench: StageBench;
beforeAll(async () => {
  bench = await openStageBench(
    { '.github/agents/fixer.md': agentFile('fixer', '{ comment: 1 }') },
    { generate: async () => ({ text: 'Done.', toolCalls: [], finish: 'stop', usage: USAGE, raw: null }) },
  );
});
afterAll(async () => bench.close());

/** A run after one call of its model. */
async function called(isPrivate: boolean) {
  const { number } = await bench.simulator.as('octo').openIssue(REPOSITORY, { title: 'Zero' });
  const opened = await bench.open('fixer', { kind: 'issue', number });
  const { session } = opened;
  const prepared: Prepared = {
    ...opened.prepared,
    repository: { ...opened.prepared.repository, isPrivate },
  };
  session.show({ isPrivateRepository: isPrivate });
  const request = {
    model: prepared.model,
    purpose: 'work' as const,
    agent: 'fixer',
    instructions: 'Do it.',
    messages: [{ role: 'user' as const, text: 'Now.' }],
    tools: [],
    output: null,
  };
  await callModel(session, prepared, { key: 'turn-1', kind: 'turn' }, request);
  return { session, prepared };
}

// Sonnet: 3 dollars a million in, 0.30 cached, 15 out; Opus, the dearest tier by default: 5, 0.50, 25.
const COST = 6000 + 2400 + 7500;
const SAVED = { byModelChoiceMicroUsd: 10_000 + 4000 + 12_500 - COST, byCachingMicroUsd: 21_600 };

describe('what a run shows of its costs', () => {
  it('is what caching and the choice of models saved', async () => {
    const { session } = await called(false);
    expect(session.view.savings).toEqual(SAVED);
    expect(session.view.budgets).toBeNull();
    expect(renderCostCheck(session.view).summary).toContain('Saved $0.01 by model choice, $0.02 by caching.');
  });

  it('is, in a private repository, how full its budgets are, with what other runs spend', async () => {
    const first = await called(true);
    const before = first.session.view.budgets?.daySpentMicroUsd ?? 0;
    const second = await called(true);
    expect(second.session.view.budgets).toEqual({
      dayMicroUsd: 20_000_000,
      daySpentMicroUsd: before + COST,
      monthMicroUsd: 200_000_000,
      monthSpentMicroUsd: before + COST,
    });
    expect(renderCostCheck(second.session.view).summary).toMatch(/^Day: \$0\.\d\d of \$20\.00\. Month: /m);
    expect(await costsNow(first.session, first.prepared)).toEqual({
      budgets: second.session.view.budgets,
      savings: SAVED,
    });
  });

  it('stays as it was shown while it waits', async () => {
    const { session, prepared } = await called(true);
    const shown = session.view.budgets;
    for (const state of ['working', 'publishing', 'waiting'] as const) await session.change({ state });
    await called(true);
    expect(await costsNow(session, prepared)).toEqual({ budgets: shown, savings: SAVED });
  });
});

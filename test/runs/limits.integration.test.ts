import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AgentResult, StopReason } from '../../src/agent/loop.ts';
import type { RunView } from '../../src/domain/run-view.ts';
import { renderCostCheck } from '../../src/publish/checks.ts';
import { check } from '../../src/runs/stages/check.ts';
import { endWithoutProposals } from '../../src/runs/stages/ends.ts';
import { judge } from '../../src/runs/stages/judge.ts';
import { agentFile } from '../e2e/support/replies.ts';
import { aWorked, openStageBench, REPOSITORY, type StageBench } from './stage-bench.ts';

const PROPOSED: Pick<AgentResult, 'proposals' | 'turns'> = {
  proposals: [{ id: 'p1', kind: 'comment', body: 'The cause is a check for zero.' }],
  turns: 3,
};

let bench: StageBench;
beforeAll(async () => {
  bench = await openStageBench({
    '.github/agents/poor.md': agentFile('poor', '{ comment: 1 }', '  budget: { usd: 0.0001 }\n'),
  });
});
afterAll(async () => bench.close());

async function open() {
  const { number } = await bench.simulator.as('octo').openIssue(REPOSITORY, { title: 'Zero' });
  return bench.open('poor', { kind: 'issue', number });
}

it.each<[StopReason, { by: string; reason: string } | null]>([
  ['over_budget', { by: 'budget', reason: "the day's budget was used up after 3 turns" }],
  ['timed_out', { by: 'time', reason: 'the time was used up after 3 turns' }],
  ['turns_used', { by: 'turns', reason: 'all 3 turns were used' }],
  ['finished', null],
])('a run that goes on with what it has shows what ended its work: %s', async (stop, cutShort) => {
  const { session, prepared } = await open();
  const worked = aWorked({ ...PROPOSED, stop }, "the day's budget");
  expect(endWithoutProposals(worked)).toBeNull();
  await check(session, prepared, worked, []);
  expect(session.view.cutShort).toEqual(cutShort);
});

it('a judge that nothing was left for is a stop by the budget', async () => {
  const { session, prepared } = await open();
  await session.change({ state: 'working' });
  const worked = aWorked(PROPOSED);
  const checked = await check(session, prepared, worked, []);
  expect(await judge(session, prepared, worked, checked)).toEqual({
    kind: 'missing',
    reason: "the run's cap left nothing for the judge",
    threshold: 0.7,
    exhausted: "the run's cap",
  });
  const view: RunView = {
    ...session.view,
    run: { ...session.run, state: 'done' },
    effects: [{ key: 'publish:p1', kind: 'comment', state: 'verified', receipt: null, reason: null }],
  };
  expect(renderCostCheck(view).conclusion).toBe('failure');
});

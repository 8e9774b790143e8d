import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProposalOf } from '../../src/domain/proposal.ts';
import { beginWaiting } from '../../src/runs/decision/suspend.ts';
import type { Session } from '../../src/runs/session.ts';
import { decide } from '../../src/runs/stages/decide.ts';
import { judge } from '../../src/runs/stages/judge.ts';
import type { Prepared } from '../../src/runs/stages/prepare.ts';
import { agentFile } from '../e2e/support/replies.ts';
import { aWorked, openStageBench, type StageBench } from './stage-bench.ts';

const EXPIRES_AT = '2026-03-01T12:00:00.000Z';
const NOTES: ProposalOf<'notes'> = { id: 'notes', kind: 'notes', notes: [{ text: 'Tabs.', kind: 'style' }] };
const WORKED = aWorked({ notes: NOTES.notes });

let bench: StageBench;
beforeAll(async () => {
  bench = await openStageBench({ '.github/agents/noter.md': agentFile('noter', '{ comment: 1 }') });
});
afterAll(async () => bench.close());

async function judgeAndDecide(session: Session, prepared: Prepared): Promise<void> {
  const checked = { proposals: [NOTES], findings: [] };
  await decide(session, prepared, checked, await judge(session, prepared, WORKED, checked));
}

const expiries = () =>
  bench.queue.sent.filter(({ data }) => data['kind'] === 'expire').map(({ data }) => data['round']);

it('what waits expires in the round after a push, too, where it is only notes', async () => {
  const { number } = await bench.simulator.as('octo').openIssue('octo/app', { title: 'Style' });
  const { session, prepared } = await bench.open('noter', { kind: 'issue', number });
  await session.change({ state: 'working' });
  await judgeAndDecide(session, prepared);
  await session.change({ state: 'publishing' });
  await beginWaiting(session, EXPIRES_AT);
  expect(expiries()).toEqual([0]);
  // As after a push.
  await session.nextRound();
  await judgeAndDecide(session, prepared);
  await beginWaiting(session, EXPIRES_AT);
  expect(session.run.state).toBe('waiting');
  expect(expiries()).toEqual([0, 1]);
  // As a resumed run comes down here again.
  await judgeAndDecide(session, prepared);
  await beginWaiting(session, EXPIRES_AT);
  expect(expiries()).toEqual([0, 1]);
});

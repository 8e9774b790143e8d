import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProposalOf, ReviewEvent } from '../../src/domain/proposal.ts';
import { findingMarker } from '../../src/publish/markers.ts';
import { leaveOutKnown } from '../../src/runs/stages/findings.ts';
import { agentFile } from '../e2e/support/replies.ts';
import { openStageBench, REPOSITORY, type StageBench } from './stage-bench.ts';

let bench: StageBench;
let number: number;
beforeAll(async () => {
  bench = await openStageBench({ '.github/agents/reviewer.md': agentFile('reviewer', '{ review: 1 }') });
  const { simulator, github } = bench;
  await simulator.as('octo').push(REPOSITORY, 'tax', { 'tax.js': 'total / rate;\n' });
  ({ number } = await simulator.as('octo').openPullRequest(REPOSITORY, { title: 'Tax', head: 'tax' }));
  // As an earlier review had marked it.
  const first = await proposed('COMMENT');
  const [review] = first.proposals;
  const finding = review?.kind === 'review' ? review.comments[0]?.finding : undefined;
  if (finding === undefined) throw new Error('the finding has no fingerprint');
  await github.createReview(number, {
    event: 'COMMENT',
    body: 'Looked at it.',
    comments: [{ path: 'tax.js', line: 1, body: `It divides by zero.\n\n${findingMarker(finding)}` }],
    commitSha: (await github.getRef('refs/heads/tax')) ?? '',
  });
});
afterAll(async () => bench.close());

/** What is left of a review that says one thing about a line. */
async function proposed(event: ReviewEvent) {
  const { session, prepared } = await bench.open('reviewer', { kind: 'pull_request', number });
  const review: ProposalOf<'review'> = {
    id: 'p1',
    kind: 'review',
    event,
    body: 'Looked at it again.',
    comments: [{ path: 'tax.js', line: 1, body: 'A rate of zero gives Infinity.' }],
  };
  const { proposals } = await leaveOutKnown(session, prepared, { proposals: [review], findings: [] });
  await session.change({ state: 'cancelled' });
  return { proposals, remarks: session.view.remarks };
}

it('a review that only comments is left out where all that it says is known', async () => {
  expect(await proposed('COMMENT')).toEqual({
    proposals: [],
    remarks: ['Left out of the review, on code that has not changed: 1 already there.'],
  });
});

it.each(['APPROVE', 'REQUEST_CHANGES'] as const)('%s loses the known remark alone', async (event) => {
  const { proposals, remarks } = await proposed(event);
  expect(proposals).toMatchObject([{ event, body: 'Looked at it again.', comments: [] }]);
  expect(remarks).toHaveLength(1);
});

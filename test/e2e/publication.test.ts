import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comment } from '../../src/simulator/model.ts';
import { REPOSITORY, type Scene } from './support/scene.ts';
import { openWriterScene, waitingIssue } from './support/writer.ts';

const READY = /markPullRequestReadyForReview/;

let scene: Scene;
beforeAll(async () => {
  scene = await openWriterScene();
});
afterAll(async () => scene.close());

interface Approved {
  issue: number;
  approval: Comment;
}

/** A run that grace approves, while GitHub answers like this to its publication. */
async function approvedWhile(status: number, times: number): Promise<Approved> {
  const { simulator } = scene;
  const issue = await waitingIssue(scene);
  simulator.faults.add({ path: /graphql/, body: READY, times, kind: 'status', status });
  const before = triesToPublish();
  const approval = simulator.as('grace').comment(REPOSITORY, issue, '/approve');
  await scene.until('a try to publish', () => triesToPublish() > before);
  return { issue, approval };
}

async function approvedAndRefused(): Promise<Approved> {
  const approved = await approvedWhile(403, 1);
  await scene.reaches(approved.issue, 'failed');
  return approved;
}

function triesToPublish(): number {
  return scene.simulator.requests.filter(({ body }) => READY.test(JSON.stringify(body ?? ''))).length;
}

/** Approves it again as another, and gives what the comment says then. */
async function askedAgain(issue: number, reason: string): Promise<string> {
  await scene.until('the answer', () => scene.answers(issue).some((answer) => answer.includes(reason)));
  await scene.reaches(issue, 'waiting');
  expect(scene.pullRequestOf(issue)?.pull?.isDraft).toBe(true);
  scene.simulator.as('ada').comment(REPOSITORY, issue, '/approve');
  const comment = await scene.reaches(issue, 'done');
  expect(scene.pullRequestOf(issue)?.pull?.isDraft).toBe(false);
  return comment.body;
}

describe('an approval that was not carried out at once', () => {
  it('publishes where it still stands', async () => {
    const { issue } = await approvedAndRefused();
    scene.simulator.as('ada').comment(REPOSITORY, issue, '/retry');
    await scene.reaches(issue, 'done');
    expect(scene.pullRequestOf(issue)?.pull?.isDraft).toBe(false);
  });

  it('publishes nothing where its comment was deleted after a crash', async () => {
    const { issue, approval } = await approvedWhile(502, 1000);
    await scene.down();
    scene.simulator.faults.clear();
    scene.simulator.as('grace').deleteComment(REPOSITORY, approval.id);
    const before = triesToPublish();
    await scene.up();
    await scene.until('the answer', () => scene.answers(issue).length > 0);
    expect(triesToPublish()).toBe(before);
    expect(await askedAgain(issue, 'it is no longer there')).not.toContain('**grace**');
  });

  it('publishes nothing where who gave it lost the permission', async () => {
    const { issue } = await approvedAndRefused();
    scene.simulator.setRole(REPOSITORY, 'grace', 'read');
    scene.simulator.as('ada').comment(REPOSITORY, issue, '/retry');
    expect(await askedAgain(issue, 'takes write access')).not.toContain('**grace**');
  });
});

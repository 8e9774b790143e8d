import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY, type Scene } from './support/scene.ts';
import { openWriterScene, waitingIssue } from './support/writer.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openWriterScene();
});
afterAll(async () => scene.close());

interface Draft {
  issue: number;
  pull: number;
  branch: string;
}

async function waitingDraft(): Promise<Draft> {
  const issue = await waitingIssue(scene);
  const pull = scene.pullRequestOf(issue);
  return { issue, pull: pull?.number ?? 0, branch: pull?.pull?.head.ref ?? '' };
}

const pullOf = ({ pull }: Draft) => scene.issue(pull).pull;
const timesReady = ({ pull }: Draft): number =>
  scene.issue(pull).events.filter(({ event }) => event === 'ready_for_review').length;
const gateOf = (draft: Draft) => scene.check(pullOf(draft)?.head.sha ?? '', 'muster/gate')?.conclusion;

describe('at once', () => {
  it('an approval of what is shown counts before the run has come to rest', async () => {
    // The worker is told that its edit failed, though everybody sees it.
    scene.simulator.faults.add({
      method: 'PATCH',
      path: /\/issues\/comments\//,
      body: /waiting/,
      times: 1,
      kind: 'reset_after_effect',
    });
    const draft = await waitingDraft();
    scene.simulator.as('grace').comment(REPOSITORY, draft.issue, '/approve');
    await scene.reaches(draft.issue, 'done');
    expect(scene.answers(draft.issue)).toEqual([]);
    expect(timesReady(draft)).toBe(1);
  });

  it('an approval and a push: nothing that nobody approved becomes ready', async () => {
    const draft = await waitingDraft();
    // The approval has been taken; the head moves while its author's access is being asked for.
    scene.simulator.faults.add({
      method: 'GET',
      path: /\/collaborators\/grace\/permission/,
      times: 2,
      kind: 'delay',
      delayMs: 700,
    });
    scene.simulator.as('grace').comment(REPOSITORY, draft.issue, '/approve');
    await scene.simulator.as('ada').push(REPOSITORY, draft.branch, { 'MORE.md': 'Unseen.\n' });
    await scene.until('the push to be shown', () =>
      scene.tracking(draft.issue)?.body.includes('someone pushed'),
    );
    await scene.reaches(draft.issue, 'waiting');
    expect(pullOf(draft)?.isDraft).toBe(true);
    expect(gateOf(draft)).not.toBe('success');
    await scene.simulator.as('grace').review(REPOSITORY, draft.pull, { event: 'APPROVE' });
    await scene.reaches(draft.issue, 'done');
    expect(timesReady(draft)).toBe(1);
    expect(gateOf(draft)).toBe('success');
  });

  it('two approvals publish once', async () => {
    const draft = await waitingDraft();
    scene.simulator.as('grace').comment(REPOSITORY, draft.issue, '/approve');
    await scene.simulator.as('ada').review(REPOSITORY, draft.pull, { event: 'APPROVE' });
    await scene.reaches(draft.issue, 'done');
    expect(timesReady(draft)).toBe(1);
    expect(gateOf(draft)).toBe('success');
  });

  it('an approval and a rejection: one of them, whole', async () => {
    const draft = await waitingDraft();
    scene.simulator.as('grace').comment(REPOSITORY, draft.issue, '/approve');
    scene.simulator.as('ada').comment(REPOSITORY, draft.issue, '/reject not so');
    await scene.until('an end', () =>
      /done|rejected/.test(scene.tracking(draft.issue)?.body.split('\n')[0] ?? ''),
    );
    const isApproved = scene.tracking(draft.issue)?.body.includes('rejected') !== true;
    expect(timesReady(draft)).toBe(isApproved ? 1 : 0);
    expect(scene.issue(draft.pull).state).toBe(isApproved ? 'open' : 'closed');
    expect(gateOf(draft)).toBe(isApproved ? 'success' : 'failure');
  });

  it('an approval and a restart: it is taken in when the server is back', async () => {
    const draft = await waitingDraft();
    const stopping = scene.down();
    scene.simulator.as('grace').comment(REPOSITORY, draft.issue, '/approve');
    await stopping;
    await scene.up();
    await scene.reaches(draft.issue, 'done');
    expect(timesReady(draft)).toBe(1);
    expect(gateOf(draft)).toBe('success');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isEnded } from '../../src/domain/run.ts';
import { ask } from '../../src/hosts/cli/reader.ts';
import type { Recording } from '../../src/runs/history/replay.ts';
import { REPOSITORY, type Scene } from './support/scene.ts';
import { openWriterScene, waitingIssue } from './support/writer.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openWriterScene();
});
afterAll(async () => scene.close());

async function waitingDraft() {
  const issue = await waitingIssue(scene);
  const opened = scene.pullRequestOf(issue);
  return { issue, pull: opened?.number ?? 0, head: opened?.pull?.head.sha ?? '' };
}

const gateOf = (head: string) => scene.check(head, 'muster/gate');
const grace = () => scene.simulator.as('grace');

describe('a draft that waits', () => {
  it('is rejected by whoever closes it', async () => {
    const { issue, pull, head } = await waitingDraft();
    await grace().close(REPOSITORY, pull);
    const { body } = await scene.reaches(issue, 'rejected');
    expect(body).toMatch(/rejected by grace: pull request \S+ was closed/);
    expect(gateOf(head)).toMatchObject({ conclusion: 'failure', actions: [] });
  });

  it('waits on where it was opened again before anybody looked', async () => {
    const { issue, pull, head } = await waitingDraft();
    scene.simulator.webhooks.hold();
    await grace().close(REPOSITORY, pull);
    await grace().reopen(REPOSITORY, pull);
    scene.simulator.webhooks.release();
    await scene.simulator.settled();
    await grace().review(REPOSITORY, pull, { event: 'APPROVE', body: '' });
    await scene.reaches(issue, 'done');
    expect(gateOf(head)?.conclusion).toBe('success');
  });

  it('can’t be approved while it goes to another branch, and says so', async () => {
    const { issue, pull, head } = await waitingDraft();
    const facts = scene.issue(pull).pull;
    if (facts === null) throw new Error('no pull request');
    const { base } = facts;
    facts.base = { ...base, ref: 'elsewhere' };
    grace().comment(REPOSITORY, issue, '/approve');
    const answer = await scene.until('the answer', () => scene.answers(issue)[0]);
    expect(answer).toContain('goes to `elsewhere` now');
    await scene.until('the remark', () =>
      scene.tracking(issue)?.body.includes('No approval counts while the pull request goes to `elsewhere`'),
    );
    facts.base = base;
    grace().comment(REPOSITORY, issue, '/approve');
    await scene.reaches(issue, 'done');
    expect(gateOf(head)?.conclusion).toBe('success');
  });

  it('that is merged by hand is done, and its gate doesn’t call that an approval', async () => {
    const { issue, pull, head } = await waitingDraft();
    await grace().markReady(REPOSITORY, pull);
    await grace().merge(REPOSITORY, pull);
    const { body } = await scene.reaches(issue, 'done');
    expect(body).toContain('grace merged the pull request');
    const runId = /muster:run=(r_[a-z2-7]{12})/.exec(body)?.[1] ?? '';
    const stored = await scene.until('the end to be written', async () => {
      const found: Recording | null = await ask(scene.environment, { kind: 'recording', runId });
      return found !== null && isEnded(found.record.run.state) ? found.record.run.state : null;
    });
    expect(stored).toBe('done');
    expect(gateOf(head)).toMatchObject({
      conclusion: 'failure',
      output: { title: 'Not approved by anybody: 1' },
    });
  });
});

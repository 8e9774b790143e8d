import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleRepository } from '../../src/simulator/sample/sample.ts';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { headline, openScene, REPOSITORY, type Scene } from './support/scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene({
    files: { '.github/agents/asker.md': agentFile('asker', '{ comment: 1 }', '  gate: approve\n') },
    cassette: cassetteOf(
      turn('asker', 0, [['propose_comment', { body: 'Which version is this?' }]]),
      turn('asker', 1, []),
      verdict('asker', ['asked'], 0.9, 'Which version'),
    ),
  });
});
afterEach(async () => scene.close());

async function waiting(): Promise<number> {
  const { issue } = sampleRepository();
  const { number } = await scene.simulator.as('ada').openIssue(REPOSITORY, issue);
  await scene.simulator.as('ada').label(REPOSITORY, number, 'agent:asker');
  await scene.reaches(number, 'waiting');
  await scene.simulator.settled();
  return number;
}

describe('a run that waits', () => {
  it('is cancelled in the open when the visibility changes, whatever is approved then', async () => {
    const { app } = scene.world;
    app.events = [...app.events, 'repository'];
    const issue = await waiting();
    scene.simulator.setPrivate(REPOSITORY, true, 'ada');
    const comment = await scene.reaches(issue, 'cancelled');
    expect(comment.body).toContain('the repository becoming private');
    scene.simulator.as('grace').comment(REPOSITORY, issue, '/approve');
    await scene.until('the answer', () =>
      scene.answers(issue).some((answer) => answer.includes('no run here is waiting')),
    );
    expect(scene.issue(issue).comments.some(({ body }) => body.startsWith('Which version'))).toBe(false);
  });

  it('ends with the removal of the App, of which GitHub is asked nothing more', async () => {
    const issue = await waiting();
    const [installation] = scene.simulator.state.installations.values();
    if (installation === undefined) throw new Error('no installation');
    scene.simulator.removeFromInstallation(installation, REPOSITORY, 'ada');
    await scene.simulator.settled();
    await scene.until('GitHub’s word', () =>
      scene.simulator.requests.some(({ path, status }) => path.endsWith('/access_tokens') && status === 422),
    );
    const before = scene.simulator.requests.length;
    await scene.down();
    await scene.up();
    const later = scene.simulator.requests.slice(before).filter(({ path }) => path.includes('/repos'));
    expect(later).toEqual([]);
    expect(headline(scene.tracking(issue)?.body ?? '')).toContain('waiting');
  });
});

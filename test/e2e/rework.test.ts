import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PULL = { title: 'Say it', body: 'It was not written down.' };

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    files: {
      '.github/muster.yml': 'agents: { triager: { enabled: false } }\n',
      '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1, comment: 1 }'),
    },
    cassette: cassetteOf(
      turn('writer', 0, [
        ['write_file', { path: 'SAID.md', content: 'Said.\n' }],
        ['propose_comment', { body: 'I said it.' }],
        ['propose_pull_request', PULL],
      ]),
      turn('writer', 1, []),
      turn('writer', 2, [
        ['write_file', { path: 'SAID.md', content: 'Said twice.\n' }],
        ['propose_comment', { body: 'I said it again.' }],
        ['propose_pull_request', PULL],
      ]),
      turn('writer', 3, []),
      verdict('writer', ['asked'], 0.9, PULL.body),
    ),
  });
});
afterAll(async () => scene.close());

describe('a rework', () => {
  it('gets out no more of a kind than the agent file allows in a run, and says so', async () => {
    const ada = scene.simulator.as('ada');
    const { number: issue } = await ada.openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
    await ada.label(REPOSITORY, issue, 'agent:writer');
    await scene.reaches(issue, 'waiting');
    const pull = scene.pullRequestOf(issue);
    const before = pull?.pull?.head.sha;
    ada.comment(REPOSITORY, issue, '/rework say it twice');
    await scene.until('the second commit', () => pull?.pull?.head.sha !== before);
    const { body } = await scene.reaches(issue, 'waiting');
    expect(body).toContain('dropped: the agent file allows 1 of comment in a run');
    expect(scene.answers(issue).filter((answer) => answer.includes('I said it'))).toHaveLength(1);
  });
});

import { agentFile, cassetteOf, turn, verdict } from './replies.ts';
import { openScene, REPOSITORY, type Scene } from './scene.ts';

const PULL = { title: 'Say it', body: 'It was not written down.' };

/** A scene with one agent, `writer`, which proposes a pull request of one file that its judge likes. */
export async function openWriterScene(): Promise<Scene> {
  return openScene({
    files: {
      '.github/muster.yml': 'agents: { triager: { enabled: false } }\n',
      '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1 }'),
    },
    cassette: cassetteOf(
      turn('writer', 0, [
        ['write_file', { path: 'SAID.md', content: 'Said.\n' }],
        ['propose_pull_request', PULL],
      ]),
      turn('writer', 1, []),
      verdict('writer', ['asked'], 0.9, PULL.body),
    ),
  });
}

/** The number of an issue on which `writer` has a draft that waits. */
export async function waitingIssue(scene: Scene): Promise<number> {
  const ada = scene.simulator.as('ada');
  const { number } = await ada.openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
  await ada.label(REPOSITORY, number, 'agent:writer');
  await scene.reaches(number, 'waiting');
  return number;
}

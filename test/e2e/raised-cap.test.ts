import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CassetteReply } from '../../src/simulator/cassette.ts';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PULL = { title: 'Say it', body: 'It was not written down.' };

/** With what this many tokens of output cost, 15 dollars a million. */
function dear(reply: CassetteReply, outputTokens: number): CassetteReply {
  return { ...reply, reply: { ...reply.reply, usage: { ...reply.reply.usage, outputTokens } } };
}

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    files: {
      '.github/muster.yml':
        'approvals: { count: 2 }\nbudgets: { run: 0.90 }\nagents: { triager: { enabled: false } }\n',
      '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1 }', '  budget: { usd: 0.50 }\n'),
    },
    cassette: cassetteOf(
      turn('writer', 0, [
        ['write_file', { path: 'SAID.md', content: 'Said.\n' }],
        ['propose_pull_request', PULL],
      ]),
      turn('writer', 1, []),
      // The rework uses up the first cap, and goes on where there is another.
      dear(turn('writer', 2, [['write_file', { path: 'SAID.md', content: 'Said twice.\n' }]]), 36_000),
      turn('writer', 3, [['propose_pull_request', PULL]]),
      turn('writer', 4, []),
      verdict('writer', ['asked'], 0.9, PULL.body),
    ),
  });
});
afterAll(async () => scene.close());

async function waiting(): Promise<number> {
  const ada = scene.simulator.as('ada');
  const { number } = await ada.openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
  await ada.label(REPOSITORY, number, 'agent:writer');
  const comment = await scene.reaches(number, 'waiting');
  expect(comment.body).toContain('capped at $0.50');
  return number;
}

describe('`max=` of an approval', () => {
  it('raises the cap of the run, as far as the configuration allows, for a rework', async () => {
    const issue = await waiting();
    scene.simulator.as('grace').comment(REPOSITORY, issue, '/approve max=$2');
    await scene.until('the raise', () =>
      scene
        .tracking(issue)
        ?.body.includes("grace raised the run's cap from $0.50 to $0.90: `budgets.run` allows no more."),
    );
    expect(scene.tracking(issue)?.body).toContain('capped at $0.90');
    scene.simulator.as('ada').comment(REPOSITORY, issue, '/rework say it twice');
    const reworked = await scene.until('the second showing', () => {
      const body = scene.tracking(issue)?.body ?? '';
      return body.includes('rework 1') && body.includes('⏸️ waiting') ? body : null;
    });
    expect(reworked).toContain('Cost: **$0.56**');
    expect(reworked).toContain('capped at $0.90');
  });

  it('raises nothing where the approval does not count', async () => {
    const issue = await waiting();
    const refused = scene.simulator.as('mallory').comment(REPOSITORY, issue, '/approve max=$2');
    await scene.until('the refusal', () =>
      refused.reactions.some((reaction) => reaction.content === 'confused'),
    );
    scene.simulator.as('ada').comment(REPOSITORY, issue, '/rework say it twice');
    const failed = await scene.reaches(issue, 'failed');
    expect(failed.body).toContain("the run's cap was used up");
    expect(failed.body).toContain('capped at $0.50');
  });
});

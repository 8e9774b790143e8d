import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PULL = { title: 'Say it', body: 'It was not written down.' };
const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const write = (content: string) => turnOf('write_file', { path: 'SAID.md', content });
const turnOf = (name: string, args: Record<string, string>): [string, Record<string, string>] => [name, args];

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    files: {
      '.github/muster.yml': 'approvals: { count: 2 }\nagents: { triager: { enabled: false } }\n',
      '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1, comment: 1 }'),
      '.github/agents/leaker.md': agentFile('leaker', '{ pull_request: 1, issue: 1 }'),
    },
    cassette: cassetteOf(
      turn('writer', 0, [write('Said.\n'), ['propose_pull_request', PULL]]),
      turn('writer', 1, []),
      verdict('writer', ['asked'], 0.9, PULL.body),
      turn('leaker', 0, [
        write(`token = "${TOKEN}"\n`),
        ['propose_pull_request', PULL],
        ['propose_issue', { title: 'Another', body: PULL.body }],
      ]),
      turn('leaker', 1, []),
      verdict('leaker', ['asked'], 0.9, PULL.body),
    ),
  });
});
afterAll(async () => scene.close());

async function labelled(agent: string): Promise<number> {
  const ada = scene.simulator.as('ada');
  const { number } = await ada.openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
  await ada.label(REPOSITORY, number, `agent:${agent}`);
  return number;
}

describe('a decision', () => {
  it('takes as many people as the configuration asks for, and each of them once', async () => {
    const issue = await labelled('writer');
    await scene.reaches(issue, 'waiting');
    const grace = scene.simulator.as('grace');
    grace.comment(REPOSITORY, issue, '/approve');
    await scene.until('the first approval', () =>
      scene.tracking(issue)?.body.includes('Approved by **grace**'),
    );
    const pull = scene.pullRequestOf(issue);
    grace.comment(REPOSITORY, issue, '/approve');
    await grace.review(REPOSITORY, pull?.number ?? 0, { event: 'APPROVE', body: '' });
    // What is said to a run is taken in its order.
    scene.simulator.as('ada').comment(REPOSITORY, issue, '/agent writer');
    await scene.until('the remark', () =>
      scene.tracking(issue)?.body.includes('asked for the same while this run is open'),
    );
    expect(pull?.pull?.isDraft).toBe(true);
    scene.simulator.as('ada').comment(REPOSITORY, issue, '/approve');
    await scene.reaches(issue, 'done');
    expect(scene.pullRequestOf(issue)?.pull?.isDraft).toBe(false);
  });

  it('never reaches GitHub with what a guard blocked, not even as a commit', async () => {
    const { git } = scene.world.repository;
    const before = (await git.listRefs('refs/')).length;
    const issue = await labelled('leaker');
    const comment = await scene.reaches(issue, 'waiting');
    expect(comment.body).not.toContain(TOKEN);
    expect((await git.listRefs('refs/')).length).toBe(before);
    const sent = scene.simulator.requests.filter(({ body }) => JSON.stringify(body ?? '').includes(TOKEN));
    expect(sent).toEqual([]);
  });

  it('can be asked for again after GitHub refused to publish', async () => {
    scene.simulator.faults.add({ method: 'POST', path: /\/pulls$/, times: 1, kind: 'status', status: 403 });
    const issue = await labelled('writer');
    const failed = await scene.reaches(issue, 'failed');
    expect(failed.body).toContain('/retry');
    scene.simulator.as('ada').comment(REPOSITORY, issue, '/retry');
    await scene.reaches(issue, 'waiting');
    expect(scene.pullRequestOf(issue)?.pull?.isDraft).toBe(true);
  });

  it('opens nothing here for a pull request from a fork, whose commits nobody was shown', async () => {
    const { simulator } = scene;
    await simulator.fork(REPOSITORY, 'mallory');
    const mallory = simulator.as('mallory');
    await mallory.push('mallory/pocket-cart', 'evil', { 'README.md': 'Mine.\n' });
    const pull = await mallory.openPullRequest(REPOSITORY, {
      title: 'Mine',
      body: 'x',
      head: 'mallory:evil',
    });
    const refs = (await scene.world.repository.git.listRefs('refs/heads/')).length;
    await simulator.as('ada').label(REPOSITORY, pull.number, 'agent:writer');
    await scene.reaches(pull.number, 'failed');
    expect((await scene.world.repository.git.listRefs('refs/heads/')).length).toBe(refs);
  });
});

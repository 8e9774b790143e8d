import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../src/hosts/cli/reader.ts';
import type { Issue } from '../../src/simulator/model.ts';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const PARAGRAPH = 'One share of the cart is rounded up although nothing is left to share.';
/** More than 90,000 characters; the last of them stand nowhere else. */
const REPORT = [
  ...Array.from({ length: 600 }, (_, index) => `Case ${index + 1}: ${PARAGRAPH} ${PARAGRAPH}`),
  'That is all.',
].join('\n\n');

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    files: { '.github/agents/writer.md': agentFile('writer', '{ comment: 1 }') },
    cassette: cassetteOf(
      turn('writer', 0, [['propose_comment', { body: REPORT }]]),
      turn('writer', 1, []),
      // The judge quotes what only who reads all of it has read.
      verdict('writer', ['asked'], 0.9, 'That is all.'),
    ),
  });
});
afterAll(async () => scene.close());

/** A new issue that the agent works for. */
async function asked(): Promise<number> {
  const ada = scene.simulator.as('ada');
  const { number } = await ada.openIssue(REPOSITORY, { title: 'Write all cases down', body: 'Please.' });
  await ada.label(REPOSITORY, number, 'agent:writer');
  return number;
}

/** The comment of the run on that issue, and what the run's effects came to. */
async function reportedOn(number: number): Promise<{ issue: Issue; comment: string; effects: string[] }> {
  const tracking = await scene.reaches(number, 'done');
  const runId = /muster:run=(r_[a-z2-7]{12})/.exec(tracking.body)?.[1] ?? '';
  const recording = await ask(scene.environment, { kind: 'recording', runId });
  const effects = recording?.record.effects.map(({ key, state }) => `${key} ${state}`) ?? [];
  expect(scene.answers(number)).toHaveLength(1);
  return { issue: scene.issue(number), comment: scene.answers(number)[0] ?? '', effects };
}

const gitWrites = () =>
  scene.simulator.requests.filter(({ method, path }) => method !== 'GET' && path.includes('/git/')).length;

describe('a comment that is longer than GitHub takes', () => {
  it('is cut after a paragraph, and links the whole of it', async () => {
    const { comment, effects } = await reportedOn(await asked());
    expect(REPORT.length).toBeGreaterThan(90_000);
    expect(comment.length).toBeLessThanOrEqual(65_536);
    const shown = comment.slice(0, comment.indexOf('\n\n*Cut here: '));
    expect(REPORT.startsWith(`${shown}\n\nCase `)).toBe(true);
    const [, sha = '', file = ''] =
      /All of it: \[whole text]\(http:\S+\/acme\/pocket-cart\/blob\/([0-9a-f]{40})\/(\S+)\)\.\*$/m.exec(
        comment,
      ) ?? [];
    const { git, verifiedCommits } = scene.world.repository;
    const entry = await git.readPath(sha, file);
    expect(Buffer.from((await git.readBlob(entry?.sha ?? '')) ?? []).toString() === REPORT).toBe(true);
    expect(await git.readCommit(sha)).toMatchObject({ parents: [] });
    expect(verifiedCommits.has(sha)).toBe(true);
    const named = (await git.listRefs('refs/')).filter((ref) => ref.sha === sha);
    expect(named.map(({ ref }) => ref)).toEqual([expect.stringMatching(/^refs\/muster\/r_[a-z2-7]{12}-p1$/)]);
    expect(effects).toEqual(['r0/keep:p1 verified', 'r0/publish:p1 verified']);
    expect(gitWrites()).toBe(4);
  });

  it('is kept once, though the answer to that got lost', async () => {
    const before = await scene.world.repository.git.listRefs('refs/muster/');
    const path = /\/git\/refs$/;
    scene.simulator.faults.add({ method: 'POST', path, times: 1, kind: 'reset_after_effect' });
    const { comment, effects } = await reportedOn(await asked());
    const kept = await scene.world.repository.git.listRefs('refs/muster/');
    const added = kept.filter(({ ref }) => before.every((earlier) => earlier.ref !== ref));
    expect(added).toHaveLength(1);
    expect(comment).toContain(`/blob/${added[0]?.sha}/p1.md).*`);
    expect(effects).toEqual(['r0/keep:p1 verified', 'r0/publish:p1 verified']);
  });

  it('is published by a retry, where GitHub refused to keep it for another reason', async () => {
    const path = /\/git\/trees$/;
    scene.simulator.faults.add({ method: 'POST', path, times: 1, kind: 'status', status: 422 });
    const issue = await asked();
    expect((await scene.reaches(issue, 'failed')).body).toContain('refused comment');
    expect(scene.answers(issue)).toEqual([]);
    scene.simulator.as('ada').comment(REPOSITORY, issue, '/retry');
    expect((await reportedOn(issue)).comment).toContain('All of it: [whole text](');
    expect(scene.tracking(issue)?.body).not.toContain('refused');
  });

  it('names the command that shows it, where the token may not write contents', async () => {
    scene.world.app.permissions.contents = 'read';
    const before = await scene.world.repository.git.listRefs('refs/');
    const { comment, effects, issue } = await reportedOn(await asked());
    expect(comment.length).toBeLessThanOrEqual(65_536);
    expect(comment).toMatch(/All of it: `muster show r_[a-z2-7]{12} --json`\.\*$/m);
    expect(comment).not.toContain('[whole text]');
    expect(effects).toContain('r0/publish:p1 verified');
    expect(scene.tracking(issue.number)?.body).not.toContain('whole text');
    expect(await scene.world.repository.git.listRefs('refs/')).toEqual(before);
  });
});

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../src/adapters/postgres/pg-database.ts';
import { openPglite } from '../../src/adapters/postgres/pglite-database.ts';
import type { Issue } from '../../src/simulator/model.ts';
import { silentLog } from '../support/log.ts';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const BODY = 'It was not written down.';
const CONFIG = '# Who may what\nagents:\n  triager: { enabled: false }\n  writer: { autonomy: gated }\n';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    files: {
      '.github/muster.yml': CONFIG,
      '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1 }'),
      '.github/agents/talker.md': agentFile('talker', '{ comment: 1, issue: 1 }'),
    },
    cassette: cassetteOf(
      turn('writer', 0, [
        ['write_file', { path: 'SAID.md', content: 'Said.\n' }],
        ['propose_pull_request', { title: 'Say it', body: BODY }],
      ]),
      turn('writer', 1, []),
      verdict('writer', ['asked'], 0.9, BODY),
      turn('talker', 0, [
        ['propose_comment', { body: `Talk: ${BODY}` }],
        ['propose_issue', { title: 'Another', body: BODY }],
      ]),
      turn('talker', 1, []),
      verdict('talker', ['asked'], 0.9, BODY),
    ),
  });
  scene.simulator.webhooks.duplicateNext(100_000);
});
afterAll(async () => scene.close());

async function labelled(agent: string): Promise<number> {
  const ada = scene.simulator.as('ada');
  const { number } = await ada.openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' });
  await ada.label(REPOSITORY, number, `agent:${agent}`);
  return number;
}

/** As many runs at once, each of which a person decides alike. */
async function decided(agent: string, command: string, end: string, count: number): Promise<void> {
  const issues: number[] = [];
  while (issues.length < count) issues.push(await labelled(agent));
  for (const issue of issues) {
    await scene.reaches(issue, 'waiting');
    scene.simulator.as('grace').comment(REPOSITORY, issue, command);
  }
  for (const issue of issues) await scene.reaches(issue, end);
}

/** What people decided before: written into the database of the stopped server. */
async function decidedBefore(agent: string, count: number): Promise<void> {
  const { databaseUrl, dataDirectory } = scene.environment;
  await scene.down();
  const database =
    databaseUrl === null
      ? await openPglite(path.join(dataDirectory, 'postgres'))
      : await openPostgres(databaseUrl, silentLog);
  await database.transaction('system', async (tx) =>
    tx.query(
      `INSERT INTO outcomes (tenant_id, run_id, agent, decision)
       SELECT $1, 'r_' || number, $2, 'approved' FROM generate_series(1, $3::int) number`,
      [scene.world.repository.id, agent, count],
    ),
  );
  await database.close();
  await scene.up();
}

function proposals(agent: string): Issue[] {
  return [...scene.world.repository.issues.values()].filter(
    ({ pull }) => pull?.head.ref === `muster/autonomy/${agent}`,
  );
}

const isDraft = (issue: number) => scene.pullRequestOf(issue)?.pull?.isDraft;

describe('autonomy', () => {
  it('is proposed when people have accepted enough, and acts once a person has merged it', async () => {
    await decidedBefore('writer', 17);
    await decided('writer', '/approve', 'done', 2);
    expect(proposals('writer')).toEqual([]);
    await decided('writer', '/approve', 'done', 1);
    const up = await scene.until('the way up', () => proposals('writer')[0]);
    expect(up.title).toBe('Set the autonomy of writer to auto');
    expect(up.author.login).toBe('muster[bot]');
    expect(up.body).toContain('People accepted 20 of its last 20 proposals');
    expect(up.body?.match(/\[`r_[a-z2-7]{12}`\]\(http\S+\) \| approved/g)).toHaveLength(3);

    // Nothing that is said to Muster merges it, and until a person has, all stays as it was.
    const grace = scene.simulator.as('grace');
    grace.comment(REPOSITORY, up.number, '/approve');
    await grace.review(REPOSITORY, up.number, { event: 'APPROVE' });
    const before = await labelled('writer');
    await scene.reaches(before, 'waiting');
    expect(isDraft(before)).toBe(true);
    expect(up.state).toBe('open');

    await scene.simulator.as('ada').merge(REPOSITORY, up.number);
    const after = await labelled('writer');
    await scene.reaches(after, 'done');
    expect(isDraft(after)).toBe(false);
    expect(proposals('writer')).toHaveLength(1);
  });

  it('is lost by a revert: the next run is held, and the way down proposed', async () => {
    const ada = scene.simulator.as('ada');
    const issue = await labelled('writer');
    await scene.reaches(issue, 'done');
    const merged = scene.pullRequestOf(issue)?.number ?? 0;
    await ada.merge(REPOSITORY, merged);
    await ada.push(REPOSITORY, 'take-back', { 'SAID.md': null }, 'Revert "Say it"');
    const revert = await ada.openPullRequest(REPOSITORY, {
      title: 'Revert "Say it"',
      body: `Reverts ${REPOSITORY}#${merged}`,
      head: 'take-back',
    });
    await ada.merge(REPOSITORY, revert.number);
    const down = await scene.until('the way down', () => proposals('writer')[1]);
    expect(down.title).toBe('Set the autonomy of writer to gated');

    const held = await labelled('writer');
    const comment = await scene.reaches(held, 'waiting');
    expect(comment.body).toContain('the agent is held: what it had made was reverted');
    expect(scene.pullRequestOf(held)).toBeNull();
    scene.simulator.as('grace').comment(REPOSITORY, held, '/approve');
    await scene.reaches(held, 'done');
    expect(isDraft(held)).toBe(false);
    expect(proposals('writer').map(({ state }) => state)).toEqual(['closed', 'open']);
  });

  it('is lost by rejections in a row: even a comment waits then', async () => {
    await decided('talker', '/reject', 'rejected', 3);
    const down = await scene.until('the way down', () => proposals('talker')[0]);
    expect(down.title).toBe('Set the autonomy of talker to comment-only');
    const held = await labelled('talker');
    const comment = await scene.reaches(held, 'waiting');
    expect(comment.body).toContain('the agent is held: people rejected it several times in a row');
    expect(scene.answers(held)).toEqual([]);
    expect(proposals('talker')).toHaveLength(1);
  });
});

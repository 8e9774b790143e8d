import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPglite } from '../../src/adapters/postgres/pglite-database.ts';
import { EVIDENCE, openProcesses, type ProcessScene } from './support/processes.ts';

let scene: ProcessScene;
beforeEach(async () => {
  scene = await openProcesses({ isEmbedded: true });
  scene.provider.play([{ tool: 'propose_comment', args: { body: EVIDENCE } }]);
});
afterEach(async () => scene.close());

/** Makes every job in hand look as if it were touched for another hour: waiting for its worker would take that. */
async function keepBeating(): Promise<number> {
  const database = await openPglite(path.join(scene.dataDirectory, 'postgres'));
  const jobs = await database.transaction('system', async (tx) =>
    tx.query(
      "UPDATE pgboss.job SET heartbeat_on = now() + interval '1 hour' WHERE state = 'active' RETURNING id",
    ),
  );
  await database.close();
  return jobs.length;
}

describe('an embedded server', () => {
  it('goes on at once with the runs that were open when it was killed', async () => {
    const hung = scene.provider.hang();
    const first = await scene.start();
    const issues = [await scene.askSteady(), await scene.askSteady(), await scene.askSteady()];
    await hung;
    await scene.until('all at work', () => scene.provider.requests.length === issues.length);
    await first.kill();
    expect(await keepBeating()).toBe(issues.length);
    scene.provider.play([{ tool: 'propose_comment', args: { body: EVIDENCE } }]);
    await scene.start();
    for (const issue of issues)
      await scene.until(`the end of #${issue}`, () => /done: .*steady/.test(scene.tracking(issue)));
  });

  it('refuses to start beside another on the same data directory, and says whose it is', async () => {
    const { child } = await scene.start();
    const second = scene.start();
    await expect(second).rejects.toThrow(`Process ${child.pid} uses ${scene.dataDirectory} already`);
    const issue = await scene.askSteady();
    await scene.until('the end', () => /done: .*steady/.test(scene.tracking(issue)));
  });
});

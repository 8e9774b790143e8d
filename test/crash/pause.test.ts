import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EVIDENCE, openProcesses, type ProcessScene, type ServerProcess } from '../e2e/support/processes.ts';

const SERVER = process.env['MUSTER_TEST_DATABASE_URL'] ?? '';

const POSTING = /\/issues\/\d+\/comments$/;

/** Heartbeats are ten seconds: each of these takes that long. */
describe.skipIf(SERVER === '')(
  'a worker that was paused until another took its run (PostgreSQL only)',
  () => {
    let scene: ProcessScene;
    let sleeper: ServerProcess;
    beforeEach(async () => {
      scene = await openProcesses({ outputs: '{ comment: 1, labels: { max: 1, allow: [bug] } }' });
      scene.provider.play([
        { tool: 'propose_comment', args: { body: EVIDENCE } },
        { tool: 'propose_labels', args: { add: ['bug'] } },
      ]);
      await scene.start(['serve', '--role=web']);
      sleeper = await scene.start(['worker']);
    });
    afterEach(async () => scene.close());

    const tokens = () => new Set(scene.world.simulator.state.tokens.keys());
    const changes = () => scene.world.simulator.requests.filter(({ method }) => method !== 'GET').length;

    /** Pauses the worker until another has ended its run; then wakes it, and waits until it has let go. */
    async function pauseUntilEnd(issue: number): Promise<void> {
      sleeper.child.kill('SIGSTOP');
      const before = tokens();
      await scene.start(['worker']);
      scene.provider.release();
      scene.world.simulator.faults.clear();
      await scene.until('the end', () => /done: .*steady/.test(scene.tracking(issue)));
      await scene.world.simulator.settled();
      const revoked = [...before].filter((token) => !tokens().has(token));
      expect(revoked).not.toHaveLength(0);
      const recorded = await scene.recording(issue);
      const sent = changes();
      sleeper.child.kill('SIGCONT');
      await scene.until('the sleeper to let go', () => sleeper.log().includes('a job failed and goes back'));
      // Neither a row nor a request that changes anything.
      expect(await scene.recording(issue)).toEqual(recorded);
      expect(changes()).toBe(sent);
      expect(recorded.record.run.attempt).toBe(2);
    }

    const effectsOn = (issue: number) => {
      const bodies = scene.comments(issue).map(({ body }) => body);
      const events = scene.world.repository.issues.get(issue)?.events ?? [];
      return {
        comments: bodies.filter((body) => body.startsWith(EVIDENCE)).length,
        tracking: bodies.filter((body) => body.includes('<!-- muster:run=')).length,
        labels: events.filter(({ event, label }) => event === 'labeled' && label?.name === 'bug').length,
      };
    };
    const ONE_OF_EACH = { comments: 1, tracking: 1, labels: 1 };

    it('in a model call records no reply', async () => {
      const hung = scene.provider.hang();
      const issue = await scene.askSteady();
      await hung;
      await pauseUntilEnd(issue);
      expect(effectsOn(issue)).toEqual(ONE_OF_EACH);
    });

    it('between an effect’s intent and its call makes no call', async () => {
      const { faults, requests } = scene.world.simulator;
      const posts = () =>
        requests.filter(({ method, path }) => method === 'POST' && POSTING.test(path)).length;
      const hung = scene.provider.hang();
      const issue = await scene.askSteady();
      await hung;
      await scene.until('the tracking comment', () => scene.tracking(issue) !== '');
      const before = posts();
      faults.add({ method: 'POST', path: POSTING, times: 99, kind: 'secondary_limit', retryAfterS: 5 });
      scene.provider.release();
      await scene.until('the limit', () => posts() > before);
      await pauseUntilEnd(issue);
      expect(effectsOn(issue)).toEqual(ONE_OF_EACH);
    });
  },
);

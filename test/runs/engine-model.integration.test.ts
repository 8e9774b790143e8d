import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { actions, type Action } from './engine-model/actions.ts';
import { finish, play, type Lives } from './engine-model/play.ts';
import { openRoom, openWorld, type Room } from './engine-model/world.ts';

/** `PROPERTY_RUNS` asks for a campaign: five a second on a quiet machine. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? '20');

/** Without a run there is little to be seen. */
const START: readonly Action[] = [
  { do: 'deliver', event: { trigger: 0 }, copy: 0 },
  { do: 'handle', dies: false },
];

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(async () => room.close());

it('holds what the model says, whatever two workers do, and in which order', async () => {
  const checked = await fc.check(
    fc.asyncProperty(actions, fc.boolean(), async (plan, wake) => {
      const world = await openWorld(room);
      const lives: Lives = { A: null, B: null };
      for (const action of [...START, ...plan]) await play(world, lives, action);
      await finish(world, lives, wake);
    }),
    { numRuns: RUNS },
  );
  if (checked.failed) throw new Error(fc.defaultReportMessage(checked), { cause: checked.errorInstance });
  expect(checked.numRuns).toBe(RUNS);
}, 3_600_000);

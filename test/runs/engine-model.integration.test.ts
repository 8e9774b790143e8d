import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { actions, PLACES, type Action } from './engine-model/actions.ts';
import { finish, play, type Lives } from './engine-model/play.ts';
import { openRoom, openWorld, type Room } from './engine-model/world.ts';

/** `PROPERTY_RUNS` asks for a campaign: some four a second. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? '12');

/** Without a run there is little to be seen. */
const START: readonly Action[] = [
  { do: 'deliver', event: { trigger: 0 }, copy: 0 },
  { do: 'handle', dies: false },
];

/** Another takes over where it hurts most; chance alone seldom gets there. */
const TAKEOVERS = PLACES.map((what): [Action[], boolean] => [
  [
    { do: 'deliver', event: { signal: 'remark', run: 0, nr: 0 }, copy: 0 },
    { do: 'handle', dies: false },
    { do: 'reach', worker: 'A', what },
    { do: 'overtake', worker: 'A', times: 9, late: 2 },
  ],
  true,
]);

/** It is said just before the run waits for it. */
const LAST_MOMENT: Action[] = [
  { do: 'reach', worker: 'A', what: 'wait' },
  { do: 'deliver', event: { signal: 'approve', run: 0, nr: 0 }, copy: 0 },
  { do: 'handle', dies: false },
  { do: 'move', worker: 'A', times: 9 },
];

/** Dies while the model is asked, whose answer may be billed; the next worker takes over. */
const DEATH: Action[] = [
  { do: 'reach', worker: 'A', what: 'ask the model' },
  { do: 'die', worker: 'A' },
  { do: 'jump', hours: 1 },
];
const BUDGET_USED_UP = [...DEATH, ...DEATH, ...DEATH, ...DEATH];
const OTHER_BUILD: Action[] = [
  { do: 'reach', worker: 'A', what: 'ask the model' },
  ...DEATH,
  { do: 'take', worker: 'B', isOtherBuild: true },
  { do: 'move', worker: 'B', times: 12 },
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
    {
      numRuns: RUNS,
      examples: [...TAKEOVERS, [LAST_MOMENT, true], [BUDGET_USED_UP, true], [OTHER_BUILD, true]],
    },
  );
  if (checked.failed) throw new Error(fc.defaultReportMessage(checked), { cause: checked.errorInstance });
  expect(checked.numRuns).toBe(RUNS);
}, 3_600_000);

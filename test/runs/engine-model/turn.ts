import { budgetWindows } from '../../../src/costs/budget.ts';
import { digestOf } from '../../../src/domain/digest.ts';
import { NO_USAGE } from '../../../src/domain/usage.ts';
import type { Transaction } from '../../../src/ports/database.ts';
import type { StepSpec } from '../../../src/runs/tables/journal.ts';
import { reserve, settle } from '../../../src/runs/tables/ledger.ts';
import type { Session } from '../../../src/runs/session.ts';
import type { Life } from './life.ts';
import { BUDGETS, type World } from './world.ts';

const WORST_MICRO_USD = 40;
const COST_MICRO_USD = 15;

/** `Session` with what the model has to know of it. */
export interface Scene {
  world: World;
  life: Life;
  session: Session;
}

/** A model turn: reserved, asked, recorded together with what it cost. False where the money is used up. */
export async function turn(scene: Scene, key: string): Promise<boolean> {
  const { world, life, session } = scene;
  const { engine, run } = session;
  const call = `r${session.round}/${key}#${run.attempt}.1`;
  const owner = { runId: life.runId, runCapMicroUsd: BUDGETS.runMicroUsd, isUntrusted: false };
  const windows = budgetWindows(BUDGETS, owner, engine.clock.now());
  let isReserved = false;
  const output = await record(
    scene,
    { key, kind: 'turn', input: { key, isOtherBuild: life.isOtherBuild } },
    async () => {
      const keys = windows.map((window) => window.key);
      world.windows.set(`${life.runId} ${call}`, keys);
      const asked = { key: call, model: 'm', costMicroUsd: WORST_MICRO_USD };
      const reservation = await reserve(engine.database, run, asked, windows);
      isReserved = reservation.kind === 'reserved';
      if (!isReserved) return { isOver: true, text: '' };
      await life.hold('ask the model');
      // Large ones go to the content-addressed table.
      const text = key === 'turn-2' ? 'x'.repeat(9_000) : 'short';
      return { isOver: false, text: `${life.runId} ${call} ${text}` };
    },
    async (tx) => {
      if (isReserved)
        await settle(tx, run, { key: call, costMicroUsd: COST_MICRO_USD, usage: NO_USAGE }, windows);
    },
  );
  return !output.isOver;
}

/** `journal.step`, watched: what was recorded is not executed by whoever holds the run, and is what is given. */
export async function record<T>(
  { world, life, session }: Scene,
  spec: StepSpec,
  work: () => Promise<T>,
  alongside?: (tx: Transaction) => Promise<void>,
): Promise<T> {
  const key = `r${session.round}/${spec.key}`;
  const output = await session.journal.step(
    spec,
    async () => {
      const before = world.picture.runs[life.runId];
      if (before?.attempt === life.attempt && before.steps[key] !== undefined)
        world.violations.push(`${key} was executed again after it was recorded`);
      return work();
    },
    alongside,
  );
  life.given.push({ key, digest: digestOf(spec.input), output });
  return output;
}

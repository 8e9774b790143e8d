import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { closeDelivery, readDelivery, takeDelivery } from '../../../src/runs/tables/inbox.ts';
import { createRun } from '../../../src/runs/tables/run-rows.ts';
import { sendSignal, type Signal } from '../../../src/runs/tables/signals.ts';
import { fireTimer } from '../../../src/runs/upkeep/timers.ts';
import { testEngine } from '../../support/engine.ts';
import type { Action, Event, WorkerName } from './actions.ts';
import { startLife, type Life } from './life.ts';
import { expectDelivery, expectSameButJobs, expectSignal, expectTrigger } from './model.ts';
import { takePicture, type Picture } from './picture.ts';
import { broken, isOpen, wrongs } from './rules.ts';
import { fetchJob, jump, lapse, requestOf, type World } from './world.ts';

export type Lives = Record<WorkerName, Life | null>;

/** Does it on the real engine, and compares what the engine then holds with the model. */
export async function play(world: World, lives: Lives, action: Action): Promise<void> {
  world.trace.push(JSON.stringify(action));
  switch (action.do) {
    case 'deliver':
      return deliver(world, action.event, action.copy);
    case 'handle':
      return void (await handle(world, action.dies));
    case 'take':
      lives[action.worker] ??= await take(world, action.isOtherBuild);
      return undefined;
    case 'move':
      lives[action.worker] ??= await take(world, false);
      return moveOn(world, lives, action.worker, action.times);
    case 'reach': {
      const life = (lives[action.worker] ??= await take(world, false));
      const isThere = () => life === null || life.isOver || placeOf(life) === action.what;
      do await moveOn(world, lives, action.worker, 1);
      while (!isThere());
      return undefined;
    }
    case 'overtake': {
      const { worker } = action;
      const other = worker === 'A' ? 'B' : 'A';
      lives[worker] ??= await take(world, false);
      await play(world, lives, { do: 'die', worker: other });
      await play(world, lives, { do: 'pause', worker });
      await play(world, lives, { do: 'move', worker: other, times: action.times });
      return moveOn(world, lives, worker, action.late);
    }
    case 'die':
      lives[action.worker] = null;
      return undefined;
    case 'pause':
      if (lives[action.worker] !== null) await lapse(world, lives[action.worker]?.job.id ?? '');
      return settleJobs(world);
    case 'jump':
      await jump(world, action.hours);
      return settleJobs(world);
    case 'timers':
      return fireTimers(world, action.times);
    case 'trouble':
      world.github.trouble = action.kind;
      return undefined;
    case 'undo': {
      const last = world.github.made.findLast(({ isThere }) => isThere);
      if (last !== undefined) last.isThere = false;
      return undefined;
    }
  }
}

function placeOf({ taking, next }: Life): string {
  if (taking === null) return next;
  return taking === 'none' ? 'wait' : 'take a signal';
}

async function moveOn(world: World, lives: Lives, worker: WorkerName, times: number): Promise<void> {
  const life = lives[worker];
  for (let time = 0; life?.isOver === false && time < times; time += 1) await move(world, life);
  if (life?.isOver === true) lives[worker] = null;
}

/** Nobody does anything odd any more: whatever is left goes on to where it waits, then to its expiry. */
export async function finish(world: World, lives: Lives, wake: boolean): Promise<void> {
  world.trace.push('the end');
  world.github.trouble = null;
  for (const life of Object.values(lives)) if (wake && life !== null) await runOn(world, life);
  await jump(world, 1);
  await settleJobs(world);
  await drain(world);
  for (const [runId, { state, signals }] of Object.entries(world.picture.runs)) {
    if (state !== 'waiting') continue;
    assert.ok(!Object.values(signals).includes(null), `a signal to ${runId} was lost`);
  }
  await jump(world, 30);
  await fireTimers(world, 1);
  await drain(world);
  const open = Object.entries(world.picture.runs).filter(([, run]) => isOpen(run));
  assert.ok(open.length === 0, `${String(open[0]?.[0])} does not end\n${world.trace.join('\n')}`);
  assert.deepEqual(
    Object.values(world.picture.inbox).filter((state) => state !== 'handled'),
    [],
    'every delivery is handled',
  );
}

async function drain(world: World): Promise<void> {
  while (await handle(world, false));
  for (let life = await take(world, false); life !== null; life = await take(world, false))
    await runOn(world, life);
}

async function runOn(world: World, life: Life): Promise<void> {
  while (!life.isOver) await move(world, life);
}

async function take(world: World, isOtherBuild: boolean): Promise<Life | null> {
  const job = await fetchJob(world, 'run');
  await settleJobs(world);
  return job === null ? null : startLife(world, job, isOtherBuild);
}

async function move(world: World, life: Life): Promise<void> {
  const { attempt, taking, next } = life;
  const before = world.picture;
  life.given = [];
  await life.move();
  world.picture = await takePicture(world.database, world.tenantId);
  world.trace.push(`  ${life.runId}#${life.attempt} ${next}: ${world.picture.runs[life.runId]?.state}`);
  check(world, wrongs(before, world.picture, life, attempt, taking));
}

function check(world: World, wrong: string[] = []): void {
  const found = [...wrong, ...world.violations, ...broken(world)];
  assert.ok(found.length === 0, `${found.join('; ')}\n${world.trace.join('\n')}\n`);
}

/** What came from outside did what the model says, and no more. */
async function compare(world: World, expected: Picture): Promise<void> {
  world.picture = await takePicture(world.database, world.tenantId);
  if (!isDeepStrictEqual(world.picture, expected))
    assert.deepEqual(world.picture, expected, world.trace.join('\n'));
  check(world);
}

async function settleJobs(world: World): Promise<void> {
  const seen = await takePicture(world.database, world.tenantId);
  await compare(world, expectSameButJobs(world.picture, seen));
}

async function deliver(world: World, event: Event, copy: number): Promise<void> {
  const body = JSON.stringify(event);
  const id = `${body} ${copy}`;
  const expected = expectDelivery(world.picture, id);
  const { database, queue, tenantId } = world;
  const answer = await takeDelivery(database, queue, { id, event: 'issues', body, tenantId });
  assert.equal(answer, expected.answer);
  await compare(world, expected.picture);
}

/** False where no delivery is due. */
async function handle(world: World, dies: boolean): Promise<boolean> {
  const { database, boss } = world;
  const job = await fetchJob(world, 'delivery');
  if (job === null) return false;
  const id = String(job.data['deliveryId']);
  const delivery = await readDelivery(database, id);
  assert.equal(delivery === null, world.picture.inbox[id] !== 'stored');
  if (delivery !== null) {
    await tell(world, JSON.parse(delivery.body) as Event);
    if (dies) return true;
    await closeDelivery(database, id, 'handled', 'told');
    await compare(world, { ...world.picture, inbox: { ...world.picture.inbox, [id]: 'handled' } });
  }
  await boss.complete('delivery', { id: job.id, retryCount: job.retryCount });
  return true;
}

async function tell(world: World, event: Event): Promise<void> {
  const { database, queue, tenantId } = world;
  if ('trigger' in event) {
    const request = requestOf(world, event.trigger);
    const expected = expectTrigger(world.picture, request.runId, request.subject.number);
    assert.equal((await createRun(database, queue, request)).kind, expected.answer);
    return compare(world, expected.picture);
  }
  const { runId } = requestOf(world, event.run);
  const signal = signalOf(event.signal, event.nr);
  const expected = expectSignal(world.picture, runId, signal);
  assert.equal((await sendSignal(database, queue, tenantId, runId, signal)).kind, expected.answer);
  return compare(world, expected.picture);
}

function signalOf(kind: Extract<Event, { signal: unknown }>['signal'], nr: number): Signal {
  const id = `${kind}:${nr}`;
  const said = {
    id,
    actor: { id: 7, login: 'ada', isBot: false },
    source: { via: 'command' as const, id: nr, number: 1, at: '2026-01-01T00:00:00Z', reviewedSha: null },
  };
  switch (kind) {
    case 'approve':
      return { ...said, kind, maxMicroUsd: null };
    case 'rework':
      return { ...said, kind, text: 'shorter' };
    case 'remark':
      return { id, kind, text: 'so it is' };
    case 'retry':
    case 'cancel':
      return { ...said, kind };
  }
}

async function fireTimers(world: World, times: number): Promise<void> {
  const { database, queue, clock, boss } = world;
  const engine = testEngine({ database, queue, clock });
  for (let job = await fetchJob(world, 'timer'); job !== null; job = await fetchJob(world, 'timer')) {
    const { id, retryCount, data } = job;
    const signal = AbortSignal.abort();
    for (let time = 0; time < times; time += 1) {
      const said = { id: `expire:${String(data['round'])}`, kind: 'expire' as const };
      const expected =
        data['kind'] === 'expire'
          ? expectSignal(world.picture, String(data['runId']), said).picture
          : world.picture;
      await fireTimer(engine, { id, retryCount, data, signal, completeIn: async () => undefined });
      await compare(world, expected);
    }
    await boss.complete('timer', { id, retryCount });
  }
}

import { MusterError } from '../../../src/domain/errors.ts';
import type { Database } from '../../../src/ports/database.ts';
import type { Job } from '../../../src/ports/queue.ts';
import type { Engine } from '../../../src/runs/engine.ts';
import { testEngine } from '../../support/engine.ts';
import { program } from './program.ts';
import type { FetchedJob, World } from './world.ts';

/** One worker with one job in hand. It stands still before each transaction and call until it is moved. */
export interface Life {
  readonly job: FetchedJob;
  readonly runId: string;
  /** Of a build whose steps have other inputs. */
  readonly isOtherBuild: boolean;
  /** Null until the run is claimed. */
  attempt: number | null;
  /** The signal that it is about to take; `none` where it is about to wait for one. */
  taking: string | null;
  /** Steps whose output it was given since it was last moved. */
  given: { key: string; digest: string; output: unknown }[];
  isOver: boolean;
  /** What comes next. */
  next: string;
  hold(what: string): Promise<void>;
  /** Lets it do the one thing before which it stands. */
  move(): Promise<void>;
}

export async function startLife(world: World, job: FetchedJob, isOtherBuild: boolean): Promise<Life> {
  let go: () => void = () => undefined;
  let arrived = Promise.withResolvers<void>();
  const life: Life = {
    job,
    runId: String(job.data['runId']),
    isOtherBuild,
    attempt: null,
    taking: null,
    given: [],
    isOver: false,
    next: '',
    hold: async (what) => {
      life.next = what;
      const gate = Promise.withResolvers<void>();
      go = gate.resolve;
      arrived.resolve();
      await gate.promise;
    },
    move: async () => {
      arrived = Promise.withResolvers();
      go();
      await arrived.promise;
    },
  };
  void live(world, life)
    .catch((error: unknown) => world.violations.push(`a worker ended in ${String(error)}`))
    .finally(() => {
      life.isOver = true;
      arrived.resolve();
    });
  await arrived.promise;
  return life;
}

/** What the queue's worker does with a job: completes it, or fails it. */
async function live(world: World, life: Life): Promise<void> {
  const { boss } = world;
  const attempt = { id: life.job.id, retryCount: life.job.retryCount };
  let isCompleted = false;
  const job: Job = {
    id: life.job.id,
    data: life.job.data,
    retryCount: life.job.retryCount,
    signal: new AbortController().signal,
    completeIn: async (tx) => {
      const executeSql = async (text: string, values: unknown[] = []) => ({
        rows: await tx.query<Record<string, unknown>>(text, values as never),
      });
      const answer = await boss.complete('run', attempt, null, { db: { executeSql } });
      if (!('settled' in answer) || !Array.isArray(answer.settled) || !answer.settled.includes(job.id))
        throw new MusterError('stale_job', 'The job is no longer ours.');
      isCompleted = true;
    },
  };
  try {
    await program(world, life, engineOf(world, life), job);
    if (isCompleted) return;
    await life.hold('complete the job');
    await boss.complete('run', attempt);
  } catch (error) {
    world.trace.push(`  ${life.runId}#${life.attempt} ${String(error)}`);
    await life.hold('fail the job');
    await boss.fail('run', attempt);
  }
}

function engineOf({ database, queue, clock, github }: World, { hold }: Life): Engine {
  const held: Database = {
    ...database,
    transaction: async (scope, work) => {
      await hold('transaction');
      return database.transaction(scope, work);
    },
    statement: async (scope, sql, parameters) => {
      await hold('transaction');
      return database.statement(scope, sql, parameters);
    },
  };
  return testEngine({
    database: held,
    queue,
    githubAccess: github.accessFor(hold),
    clock: {
      now: clock.now,
      sleep: async (ms) => {
        await hold('sleep');
        clock.advance(ms);
      },
    },
  });
}

import { isDeepStrictEqual } from 'node:util';
import type { RunState } from '../../../src/domain/run.ts';
import type { Life } from './life.ts';
import type { Picture, RunPicture } from './picture.ts';
import { BUDGETS, type World } from './world.ts';

const OPEN = new Set<RunState>(['queued', 'working', 'judging', 'waiting', 'publishing']);

/** Every move that the small pipeline may make, spelled out apart from the engine's own table. */
const MOVES = new Set([
  ...[...OPEN].flatMap((from) => [`${from} failed`, `${from} cancelled`]),
  'queued working',
  'working judging',
  'judging waiting',
  'waiting working',
  'waiting publishing',
  'waiting expired',
  'publishing done',
  'failed queued',
]);

export function isOpen(run: Pick<RunPicture, 'state'>): boolean {
  return OPEN.has(run.state);
}

/** What one half-step of a worker did that it may not do. `taking` is the signal that it was about to take. */
export function wrongs(
  before: Picture,
  after: Picture,
  life: Life,
  attempt: number | null,
  taking: string | null,
): string[] {
  const { runId } = life;
  const was = before.runs[runId];
  const is = after.runs[runId];
  const others = [without(before, runId), without(after, runId)];
  const found = isDeepStrictEqual(others[0], others[1]) ? [] : ['it changed what is not its run'];
  if (was === undefined || is === undefined) return [...found, 'its run is gone'];
  if (attempt === null && life.attempt !== null) return [...found, ...wrongClaim(was, is, life.attempt)];
  found.push(...wrongJobs(was, is, life));
  if (attempt !== was.attempt)
    return isDeepStrictEqual({ ...was, jobs: is.jobs }, is)
      ? found
      : [...found, `attempt ${attempt} wrote, but ${was.attempt} holds the run`];
  return [...found, ...wrongWrites(was, is, attempt, taking), ...wrongGifts(is, life)];
}

function without({ runs, inbox }: Picture, runId: string): unknown {
  return { runs: { ...runs, [runId]: null }, inbox };
}

function wrongClaim(was: RunPicture, is: RunPicture, attempt: number): string[] {
  if (attempt !== was.attempt + 1) return [`a claim gave attempt ${attempt} after ${was.attempt}`];
  return isDeepStrictEqual({ ...was, attempt }, is) ? [] : ['a claim did more than raise the attempt'];
}

function wrongWrites(was: RunPicture, is: RunPicture, attempt: number, taking: string | null): string[] {
  const found: string[] = [];
  const must = (holds: boolean, wrong: string) => void (holds || found.push(wrong));
  const isReopened = was.state === 'failed' && is.state === 'queued';
  must(is.attempt === attempt, 'the attempt changed without a claim');
  must(was.state === is.state || MOVES.has(`${was.state} ${is.state}`), `${was.state} became ${is.state}`);
  must(is.round === was.round || is.round === was.round + 1, `round ${was.round} became ${is.round}`);
  for (const [key, step] of differences(was.steps, is.steps)) {
    must(was.steps[key] === undefined, `step ${key} was overwritten`);
    must(step?.attempt === attempt, `step ${key} is of another attempt`);
  }
  for (const [id, outcome] of differences(was.signals, is.signals)) {
    must(was.signals[id] === null && typeof outcome === 'string', `signal ${id} was taken twice, or undone`);
    must(id === taking, `signal ${id} was taken by who was not about to`);
  }
  for (const [key, effect] of differences(was.effects, is.effects)) {
    const { state = 'none' } = was.effects[key] ?? {};
    must(
      ['none', 'intended'].includes(state) || (state === 'failed' && isReopened),
      `effect ${key} was ${state}`,
    );
    must(state !== 'none' || effect?.state === 'intended', `effect ${key} had no intent`);
  }
  for (const [key, call] of differences(was.ledger, is.ledger)) {
    const before = was.ledger[key];
    must(before === undefined || before.spent === null, `call ${key} was settled twice`);
    must(before === undefined || call?.reserved === before.reserved, `call ${key} was reserved anew`);
    must(
      before !== undefined || (call?.spent === null && call.attempt === attempt),
      `call ${key} had no reservation`,
    );
  }
  return found;
}

/** Entries that are new, gone or other. */
function differences<T>(was: Record<string, T>, is: Record<string, T>): [string, T | undefined][] {
  const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...keys].filter((key) => !isDeepStrictEqual(was[key], is[key])).map((key) => [key, is[key]]);
}

/** Only the claim that the queue knows ends a job. */
function wrongJobs(was: RunPicture, is: RunPicture, { job }: Life): string[] {
  const isOurs = was.jobs.includes(`active ${job.retryCount}`);
  return isOurs || isDeepStrictEqual(was.jobs, is.jobs) ? [] : ['it ended a job that was no longer its own'];
}

function wrongGifts(is: RunPicture, { given }: Life): string[] {
  return given.flatMap(({ key, digest, output }) => {
    const step = is.steps[key];
    return step?.digest === digest && isDeepStrictEqual(step.output, output)
      ? []
      : [`step ${key} gave something other than was recorded for that input`];
  });
}

/** What holds at every moment, whoever did what. */
export function broken({ picture, windows, github }: World): string[] {
  const found: string[] = [];
  const must = (holds: boolean, wrong: string) => void (holds || found.push(wrong));
  const runs = Object.entries(picture.runs);
  for (const [runId, run] of runs) {
    must(run.jobs.length <= 1, `${runId} has ${run.jobs.length} jobs`);
    const isIdle = run.state === 'waiting' && !Object.values(run.signals).includes(null);
    must(
      !isOpen(run) || isIdle || run.jobs.length === 1,
      `${runId} is ${run.state}, and nobody will go on with it`,
    );
    must(!isIdle || run.jobs.length === 1 || run.timers.includes(run.round), `${runId} waits without an end`);
  }
  for (const subject of [1, 2])
    must(
      runs.filter(([, run]) => isOpen(run) && run.subject === subject).length <= 1,
      `two open runs on ${subject}`,
    );
  for (const { body } of github.made)
    must(github.made.filter((one) => one.body === body).length === 1, `${body} was posted twice`);
  const used: Record<string, number> = {};
  for (const [runId, { ledger }] of runs)
    for (const [key, { reserved, spent }] of Object.entries(ledger))
      for (const window of windows.get(`${runId} ${key}`) ?? [])
        used[window] = (used[window] ?? 0) + (spent ?? reserved);
  const counted = Object.fromEntries(Object.entries(picture.budgets).filter(([, micro]) => micro !== 0));
  must(
    isDeepStrictEqual(counted, used),
    `windows hold ${JSON.stringify(counted)}, calls ${JSON.stringify(used)}`,
  );
  for (const [window, micro] of Object.entries(counted))
    must(micro <= limitOf(window), `${window} holds ${micro}`);
  return found;
}

function limitOf(window: string): number {
  if (window.startsWith('run:')) return BUDGETS.runMicroUsd;
  return window.startsWith('day:') ? BUDGETS.dayMicroUsd : BUDGETS.monthMicroUsd;
}

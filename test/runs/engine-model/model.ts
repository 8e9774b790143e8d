import type { Signal } from '../../../src/runs/tables/signals.ts';
import type { Picture, RunPicture } from './picture.ts';
import { isOpen } from './rules.ts';

/** The model of what comes from outside: each answers as the engine should, and gives what it then should hold. */
export interface Expected {
  answer: string;
  picture: Picture;
}

export function expectDelivery(picture: Picture, id: string): Expected {
  if (picture.inbox[id] !== undefined) return { answer: 'duplicate', picture };
  return { answer: 'stored', picture: { ...picture, inbox: { ...picture.inbox, [id]: 'stored' } } };
}

export function expectTrigger(picture: Picture, runId: string, subject: number): Expected {
  if (picture.runs[runId] !== undefined) return { answer: 'same_trigger', picture };
  if (Object.values(picture.runs).some((run) => run.subject === subject && isOpen(run)))
    return { answer: 'already_open', picture };
  const run: RunPicture = {
    subject,
    state: 'queued',
    attempt: 0,
    round: 0,
    steps: {},
    signals: {},
    effects: {},
    ledger: {},
    jobs: ['created 0'],
    timers: [],
  };
  return { answer: 'created', picture: withRun(picture, runId, run) };
}

export function expectSignal(
  picture: Picture,
  runId: string,
  { id, kind }: Pick<Signal, 'id' | 'kind'>,
): Expected {
  const run = picture.runs[runId];
  if (run === undefined) return { answer: 'no_run', picture };
  if (!isOpen(run) && !(kind === 'retry' && run.state === 'failed')) return { answer: 'ended', picture };
  if (run.signals[id] !== undefined) return { answer: 'repeated', picture };
  const jobs = run.jobs.length === 0 ? ['created 0'] : run.jobs;
  return {
    answer: 'taken',
    picture: withRun(picture, runId, { ...run, jobs, signals: { ...run.signals, [id]: null } }),
  };
}

/** The same, but for who has the jobs in hand: that is the queue's to say. */
export function expectSameButJobs(picture: Picture, seen: Picture): Picture {
  const runs = Object.entries(picture.runs).map(([runId, run]) => {
    const jobs = seen.runs[runId]?.jobs ?? [];
    return [runId, jobs.length === run.jobs.length ? { ...run, jobs } : run];
  });
  return { ...picture, runs: Object.fromEntries(runs) as Picture['runs'] };
}

function withRun(picture: Picture, runId: string, run: RunPicture): Picture {
  return { ...picture, runs: { ...picture.runs, [runId]: run } };
}

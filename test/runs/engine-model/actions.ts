import * as fc from 'fast-check';
import type { Signal } from '../../../src/runs/tables/signals.ts';
import type { Trouble } from './fake-github.ts';

export type WorkerName = 'A' | 'B';

/** What GitHub tells: a label that asks for a run, or a comment that tells one something. */
export type Event =
  | { trigger: number }
  | {
      signal: Exclude<Signal['kind'], 'reject' | 'ci' | 'push' | 'closed' | 'expire'>;
      run: number;
      nr: number;
    };

export type Action =
  /** `copy`: the same body under another delivery id. */
  | { do: 'deliver'; event: Event; copy: number }
  /** `dies`: before the delivery is closed. */
  | { do: 'handle'; dies: boolean }
  | { do: 'take'; worker: WorkerName; isOtherBuild: boolean }
  | { do: 'move'; worker: WorkerName; times: number }
  /** Moves on to where it is about to do that. */
  | { do: 'reach'; worker: WorkerName; what: (typeof PLACES)[number] }
  | { do: 'die'; worker: WorkerName }
  /** Longer than the heartbeat: the queue gives its job to another, and it knows nothing of that. */
  | { do: 'pause'; worker: WorkerName }
  /** It is paused, the other one takes its job and does `times` things, and then it wakes and does some itself. */
  | { do: 'overtake'; worker: WorkerName; times: number; late: number }
  | { do: 'jump'; hours: number }
  /** `times`: how often each timer that is due fires. */
  | { do: 'timers'; times: number }
  | { do: 'trouble'; kind: Trouble }
  /** A person deletes the last comment. */
  | { do: 'undo' };

export const PLACES = ['ask the model', 'create comment', 'take a signal', 'wait'] as const;

const worker = fc.constantFrom<WorkerName>('A', 'B');
const trigger = fc.record({ trigger: fc.constantFrom(0, 1, 2) });
const signal = fc.record({
  signal: fc.constantFrom('approve', 'rework', 'cancel', 'retry', 'remark', 'remark'),
  run: fc.constantFrom(0, 0, 0, 1, 2),
  nr: fc.nat(1),
});
const deliver = (event: fc.Arbitrary<Event>) =>
  fc.record({ do: fc.constant('deliver'), event, copy: fc.nat(1) });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 2, arbitrary: deliver(trigger) },
  { weight: 6, arbitrary: deliver(signal) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('handle'), dies: boolean(0.15) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take'), worker, isOtherBuild: boolean(0.15) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('move'), worker, times: fc.integer({ min: 1, max: 12 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('reach'), worker, what: fc.constantFrom(...PLACES) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('die'), worker }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pause'), worker }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('overtake'),
      worker,
      times: fc.integer({ min: 1, max: 30 }),
      late: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('jump'), hours: fc.constantFrom(1, 1, 30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('timers'), times: fc.integer({ min: 1, max: 2 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('trouble'),
      kind: fc.constantFrom<Trouble>('lost', 'outage', 'refused'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo') }) },
);

function boolean(probability: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 99 }).map((drawn) => drawn >= 100 - probability * 100);
}

/** Any order of anything; what makes no sense where it stands does nothing. */
export const actions: fc.Arbitrary<Action[]> = fc.array(action, { minLength: 1, maxLength: 50, size: 'max' });

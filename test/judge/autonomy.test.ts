import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DOWN_BOUND,
  LIFT_STREAK,
  NEW_DECISIONS,
  UP_BOUND,
  WINDOW,
  type AgentRecord,
  type PastDecision,
} from '../../src/domain/autonomy.ts';
import type { Autonomy } from '../../src/domain/config.ts';
import { isNewRecord, weighRecord } from '../../src/judge/autonomy.ts';

const WORDS = { a: 'approved', r: 'reworked', n: 'rejected', v: 'reverted' } as const;
const LETTERS = Object.keys(WORDS) as (keyof typeof WORDS)[];
const RUNGS: Autonomy[] = ['dry-run', 'comment-only', 'gated', 'auto'];

/** One decision a letter, a minute apart: approved, reworked, not accepted, reverted. */
function record(letters: string): PastDecision[] {
  return letters.split('').flatMap((letter, minute) => {
    const known = LETTERS.find((one) => one === letter);
    return known === undefined ? [] : [{ decision: WORDS[known], at: timeOf(minute) }];
  });
}

const timeOf = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

function outcome(rung: Autonomy, letters: string): [AgentRecord['proposed'], string | null] {
  const { proposed, hold } = weighRecord(rung, record(letters));
  return [proposed, hold?.cause ?? null];
}

const a = (count: number) => 'a'.repeat(count);

describe('autonomy', () => {
  it.each<[string, Autonomy, string, Autonomy | null, string | null]>([
    ['is not earned by few decisions', 'gated', a(19), null, null],
    ['is earned by twenty acceptances', 'gated', a(20), 'auto', null],
    ['is earned from each rung to the next', 'comment-only', a(20), 'gated', null],
    ['is not earned by 23 of 25', 'gated', `nn${a(23)}`, null, null],
    ['is earned by 24 of 25', 'gated', `n${a(24)}`, 'auto', null],
    ['counts a rework as half a no', 'gated', `r${a(22)}`, 'auto', null],
    ['has nothing above `auto`', 'auto', a(50), null, null],
    ['is not earned from `dry-run`', 'dry-run', a(50), null, null],
    ['is not lost on `dry-run`', 'dry-run', 'nnnv', null, null],
    ['survives two rejections in a row', 'gated', 'nn', null, null],
    ['goes down after three', 'gated', 'nnn', 'comment-only', 'streak'],
    ['goes down from the lowest rung that acts', 'comment-only', 'nnn', 'dry-run', 'streak'],
    ['counts a streak over reworks', 'auto', 'nrnrn', 'gated', 'streak'],
    ['goes down after one revert, whatever was before', 'auto', `${a(50)}v`, 'gated', 'revert'],
    ['goes down when the bound falls', 'gated', 'naa'.repeat(6) + 'nan', 'comment-only', 'drop'],
    ['falls by a decision against it only', 'gated', 'na'.repeat(9) + 'na', null, null],
    ['stays held until enough are accepted in a row', 'gated', `nnn${a(4)}`, 'comment-only', 'streak'],
    ['is held no longer after that', 'gated', `nnn${a(5)}`, null, null],
    ['stays held while the bound is low', 'gated', `${'nan'.repeat(7)}${a(5)}`, 'comment-only', 'drop'],
    ['forgets what is older than the window', 'gated', `nnn${a(50)}`, 'auto', null],
  ])('%s', (_what, rung, letters, proposed, cause) => {
    expect(outcome(rung, letters)).toEqual([proposed, cause]);
  });

  it('has the bounds that are tabulated for the Wilson interval', () => {
    const boundOf = (letters: string) => weighRecord('gated', record(letters)).bound;
    expect(boundOf('')).toBe(0);
    expect(boundOf(a(20))).toBeCloseTo(0.8389, 4);
    expect(boundOf(`${a(15)}nnnnn`)).toBeCloseTo(0.5313, 4);
    expect(boundOf(`${a(5)}nnnnn`)).toBeCloseTo(0.2366, 4);
  });
});

describe('a proposal that was answered', () => {
  const weighed = (letters: string, before: number) =>
    isNewRecord(record(letters), weighRecord('gated', record(letters)), timeOf(before));

  it('is made again after so many further decisions', () => {
    expect(weighed(a(19 + NEW_DECISIONS), 19)).toBe(false);
    expect(weighed(a(20 + NEW_DECISIONS), 19)).toBe(true);
  });

  it('is made again when the agent is held for something new', () => {
    expect(weighed('nnnn', 3)).toBe(false);
    expect(weighed(`nnn${a(5)}v`, 3)).toBe(true);
  });
});

describe('autonomy, of any record', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'a', 'a', ...LETTERS), maxLength: 120 });
  const rung = fc.constantFrom(...RUNGS);
  const property = (check: (text: string, on: Autonomy) => void) =>
    fc.assert(fc.property(letters, rung, check), { numRuns: 500 });

  it('goes one rung at most, up only when earned, and down exactly while it is held', () => {
    property((text, on) => {
      const { proposed, hold, bound, decisions, accepted } = weighRecord(on, record(text));
      const steps = proposed === null ? 0 : RUNGS.indexOf(proposed) - RUNGS.indexOf(on);
      expect(steps).toBe(hold !== null ? -1 : Math.max(0, steps));
      expect(steps).toBeLessThanOrEqual(1);
      if (steps === 1) expect(bound).toBeGreaterThanOrEqual(UP_BOUND);
      if (steps === 1) expect(decisions).toBeGreaterThanOrEqual(20);
      const reworks = text.slice(-WINDOW).replaceAll(/[^r]/g, '').length;
      expect(bound).toBeGreaterThanOrEqual(0);
      expect(bound).toBeLessThanOrEqual(accepted / Math.max(1, decisions - reworks / 2) + 1e-9);
    });
  });

  it('gets no worse by an acceptance, and no better by a rejection', () => {
    property((text, on) => {
      const before = weighRecord(on, record(text));
      const better = weighRecord(on, record(`${text}a`));
      const worse = weighRecord(on, record(`${text}n`));
      expect(before.hold === null ? better.hold : null).toBeNull();
      expect(before.hold === null ? null : worse.hold).toEqual(before.hold);
    });
  });

  it('is held for a while after every fall', () => {
    property((text, on) => {
      let heldFor = 0;
      const holds: number[] = [];
      for (let length = 1; length <= text.length; length += 1) {
        const isHeld = weighRecord(on, record(text.slice(0, length))).hold !== null;
        if (!isHeld && heldFor > 0) holds.push(heldFor);
        heldFor = isHeld ? heldFor + 1 : 0;
      }
      expect(Math.min(LIFT_STREAK, ...holds)).toBe(LIFT_STREAK);
    });
  });

  it('always falls by a revert, and never without a decision against it', () => {
    property((text, on) => {
      expect(weighRecord(on, record(`${text}v`)).hold !== null).toBe(on !== 'dry-run');
      expect(weighRecord(on, record(text.replaceAll(/[^a]/g, ''))).hold).toBeNull();
    });
  });

  it('falls below the bound only with enough decisions', () => {
    property((text, on) => {
      const { hold, decisions } = weighRecord(on, record(text));
      const last = weighRecord(on, record(text.slice(0, -1)));
      if (hold?.cause !== 'drop' || last.hold !== null) return;
      expect(decisions).toBeGreaterThanOrEqual(20);
      expect(weighRecord(on, record(text)).bound).toBeLessThan(DOWN_BOUND);
    });
  });
});

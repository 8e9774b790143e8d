import { describe, expect, it } from 'vitest';
import { cronProblem, nextFiring } from '../../src/config/cron.ts';

const SUNDAY = new Date('2026-11-22T14:03:30Z');

describe('nextFiring', () => {
  it.each([
    ['0 6 * * 1', '2026-11-23T06:00:00.000Z'],
    ['*/5 * * * *', '2026-11-22T14:05:00.000Z'],
    ['4 14 * * *', '2026-11-22T14:04:00.000Z'],
    ['3 14 * * *', '2026-11-23T14:03:00.000Z'],
    ['0 0 * * 7', '2026-11-29T00:00:00.000Z'],
    ['0 0 * * sun', '2026-11-29T00:00:00.000Z'],
    ['0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
    // Either day, as cron has it where both are named.
    ['0 0 24 * 6', '2026-11-24T00:00:00.000Z'],
  ])('reads `%s` in UTC', (cron, expected) => {
    expect(cronProblem(cron)).toBeNull();
    expect(nextFiring(cron, SUNDAY)?.toISOString()).toBe(expected);
  });

  it('is strictly later, so that one moment fires once', () => {
    const due = new Date('2026-11-23T06:00:00Z');
    expect(nextFiring('0 6 * * *', due)?.toISOString()).toBe('2026-11-24T06:00:00.000Z');
  });

  it('is null for a day that no year has', () => {
    expect(cronProblem('0 0 31 2 *')).toBeNull();
    expect(nextFiring('0 0 31 2 *', SUNDAY)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../../src/adapters/ai-sdk/retry-after.ts';

describe('retryAfterMs', () => {
  it.each([
    [{ 'retry-after': '7' }, '', 7000],
    [{ 'retry-after': '0.5' }, '', 500],
    [{ 'retry-after': '7', 'retry-after-ms': '6500' }, '', 6500],
    [{ 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT', date: 'Sun, 22 Nov 2026 10:00:00 GMT' }, '', 30_000],
    [{}, '{"details":[{"@type":"type.googleapis.com/google.rpc.retryinfo","retrydelay": "12.4s"}]}', 12_400],
    [{ 'retry-after': '999999999' }, '', 86_400_000],
  ])('reads %j and %j as %d ms', (headers, body, expected) => {
    expect(retryAfterMs(headers, body)).toBe(expected);
  });

  it.each([
    [{}],
    [{ 'retry-after': 'soon' }],
    [{ 'retry-after': '-5' }],
    [{ 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT' }],
    [{ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT', date: 'Sun, 22 Nov 2026 10:00:00 GMT' }],
  ])('finds no time to wait in %j', (headers) => {
    expect(retryAfterMs(headers, '')).toBeNull();
  });
});

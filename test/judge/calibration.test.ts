import { describe, expect, it } from 'vitest';
import { calibrationTable, expectedCalibrationError } from '../../src/judge/calibration.ts';

const forecast = (probability: number, isTrue: boolean) => ({ probability, isTrue });

describe('calibration', () => {
  it('is without error where what was said came as often as said', () => {
    const forecasts = [...Array.from({ length: 3 }, () => forecast(0.75, true)), forecast(0.75, false)];
    expect(expectedCalibrationError(forecasts)).toBeCloseTo(0);
  });

  it('weighs the error of each bin by its number', () => {
    const forecasts = [
      forecast(1, false),
      forecast(0.05, false),
      forecast(0.05, false),
      forecast(0.05, false),
    ];
    expect(expectedCalibrationError(forecasts)).toBeCloseTo(0.25 * 1 + 0.75 * 0.05);
  });

  it('has ten bins, the last one with 1 in it, and says nothing of empty ones', () => {
    const table = calibrationTable([forecast(1, true), forecast(0.9, false), forecast(0, false)]);
    expect(table.map(({ count }) => count)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(table[9]).toMatchObject({ from: 0.9, to: 1, said: 0.95, came: 0.5 });
    expect(table[4]).toMatchObject({ said: null, came: null });
  });

  it('has no error of no forecasts', () => {
    expect(expectedCalibrationError([])).toBeNull();
  });
});

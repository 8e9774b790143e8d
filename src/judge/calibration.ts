/** What was said to be probable, and whether it came so. */
export interface Forecast {
  /** 0 to 1. */
  probability: number;
  isTrue: boolean;
}

export interface CalibrationBin {
  /** The bin holds probabilities from here to the next; the last one holds 1 as well. */
  from: number;
  to: number;
  count: number;
  /** Mean probability said, and share that came true; null for an empty bin. */
  said: number | null;
  came: number | null;
}

const CALIBRATION_BINS = 10;

/** Ten bins of equal width: what was said against what came. */
export function calibrationTable(forecasts: readonly Forecast[]): CalibrationBin[] {
  return Array.from({ length: CALIBRATION_BINS }, (_, index) => {
    const within = forecasts.filter(({ probability }) => binOf(probability) === index);
    const share = (of: (forecast: Forecast) => number): number | null =>
      within.length === 0 ? null : within.reduce((sum, forecast) => sum + of(forecast), 0) / within.length;
    return {
      from: index / CALIBRATION_BINS,
      to: (index + 1) / CALIBRATION_BINS,
      count: within.length,
      said: share(({ probability }) => probability),
      came: share(({ isTrue }) => (isTrue ? 1 : 0)),
    };
  });
}

/**
 * Expected calibration error: the distance between said and came, averaged over the bins by their number
 * (M. Naeini et al., "Obtaining well calibrated probabilities using Bayesian binning", 2015). Null of none.
 */
export function expectedCalibrationError(forecasts: readonly Forecast[]): number | null {
  if (forecasts.length === 0) return null;
  return calibrationTable(forecasts).reduce(
    (sum, { count, said, came }) => sum + (count / forecasts.length) * Math.abs((said ?? 0) - (came ?? 0)),
    0,
  );
}

function binOf(probability: number): number {
  return Math.min(CALIBRATION_BINS - 1, Math.floor(probability * CALIBRATION_BINS));
}

/** Money everywhere in Muster: integer micro-dollars (1 USD = 1,000,000). */
export type MicroUsd = number;

/** US dollars (a float from a file or a person) to micro-dollars, rounded to the nearest. */
export function usdToMicroUsd(usd: number): MicroUsd {
  return Math.round(usd * 1_000_000);
}

export function microUsdToUsd(microUsd: MicroUsd): number {
  return microUsd / 1_000_000;
}

/** `$0.04`; four digits under a cent (`$0.0012`), so that a small cost never reads as nothing. */
export function formatUsd(microUsd: MicroUsd): string {
  const usd = microUsdToUsd(microUsd);
  return microUsd !== 0 && Math.abs(usd) < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
}

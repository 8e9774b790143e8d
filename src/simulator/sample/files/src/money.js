/** Reads an amount as people write it (`12`, `12.5`, `$12.50`) and returns cents. */
export function parseAmount(text) {
  const match = /^\$?(\d+)(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (match === null) throw new TypeError(`not an amount: ${text}`);
  const [, whole, fraction = ''] = match;
  return Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
}

/** Writes cents as dollars: `$12.50`, `-$0.99`. */
export function formatAmount(cents) {
  const sign = cents < 0 ? '-' : '';
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${sign}$${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * Splits an amount in proportion to weights, without losing a cent: the shares always add up to the amount.
 * What can't be split goes to the first shares, one cent each.
 */
export function allocate(amount, weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return weights.map(() => 0);
  const shares = weights.map((weight) => Math.floor((amount * weight) / total));
  let remainder = amount - shares.reduce((sum, share) => sum + share, 0);
  for (let index = 0; remainder > 0; index += 1) {
    shares[index] += 1;
    remainder -= 1;
  }
  return shares;
}

/** A share of the cart's subtotal, e.g. `percentOff(10)`. */
export function percentOff(percent) {
  if (!(percent > 0 && percent <= 100)) throw new RangeError(`not a percentage: ${percent}`);
  return { kind: 'percent', percent };
}

/** A fixed number of cents, at most the cart's subtotal. */
export function amountOff(cents) {
  if (!Number.isInteger(cents) || cents <= 0) throw new RangeError(`not an amount in cents: ${cents}`);
  return { kind: 'amount', cents };
}

/** What a discount takes off a subtotal, in cents; nothing without a discount. */
export function discountOn(subtotal, discount) {
  if (discount === null) return 0;
  if (discount.kind === 'percent') return Math.round((subtotal * discount.percent) / 100);
  return Math.min(discount.cents, subtotal);
}

import { discountOn } from './discounts.js';
import { allocate } from './money.js';

/** An empty cart. `taxRate` is a fraction, e.g. 0.19, added to prices. */
export function createCart({ taxRate = 0 } = {}) {
  if (!(taxRate >= 0 && taxRate < 1)) throw new RangeError(`not a tax rate: ${taxRate}`);
  return { taxRate, items: [], discount: null };
}

/** The cart with an item more; the same `sku` again raises its quantity. `price` is in cents. */
export function addItem(cart, { sku, name, price, quantity = 1 }) {
  if (!Number.isInteger(price) || price < 0) throw new RangeError(`not a price in cents: ${price}`);
  const known = cart.items.find((item) => item.sku === sku);
  if (known !== undefined) return setQuantity(cart, sku, known.quantity + quantity);
  return { ...cart, items: [...cart.items, { sku, name, price, quantity }] };
}

/** The cart without an item. */
export function removeItem(cart, sku) {
  return { ...cart, items: cart.items.filter((item) => item.sku !== sku) };
}

/** The cart with that many of an item; none removes it. */
export function setQuantity(cart, sku, quantity) {
  if (!Number.isInteger(quantity) || quantity < 0) throw new RangeError(`not a quantity: ${quantity}`);
  if (quantity === 0) return removeItem(cart, sku);
  const items = cart.items.map((item) => (item.sku === sku ? { ...item, quantity } : item));
  return { ...cart, items };
}

/** The cart with a discount on all of it, instead of any it had. */
export function applyDiscount(cart, discount) {
  return { ...cart, discount };
}

/** What the cart costs: each line with its share of the discount and its tax, and the sums of the lines. */
export function quote(cart) {
  const subtotals = cart.items.map((item) => item.price * item.quantity);
  const discount = discountOn(sum(subtotals), cart.discount);
  const shares = allocate(discount, subtotals);
  const lines = cart.items.map((item, index) => priceLine(item, shares[index], cart.taxRate));
  return {
    lines,
    subtotal: sum(subtotals),
    discount,
    tax: sum(lines.map((line) => line.tax)),
    total: sum(lines.map((line) => line.total)),
  };
}

function priceLine({ sku, name, price, quantity }, discount, taxRate) {
  const subtotal = price * quantity;
  const tax = Math.round((subtotal - discount) * taxRate);
  return { sku, name, quantity, subtotal, discount, tax, total: subtotal - discount + tax };
}

function sum(amounts) {
  return amounts.reduce((total, amount) => total + amount, 0);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addItem,
  amountOff,
  applyDiscount,
  createCart,
  percentOff,
  quote,
  setQuantity,
} from '../src/index.js';

const mug = { sku: 'mug', name: 'Mug', price: 1299 };
const pen = { sku: 'pen', name: 'Pen', price: 249 };
const sticker = { sku: 'sticker', name: 'Sticker (free gift)', price: 0 };

function cartOf(...items) {
  return items.reduce(addItem, createCart());
}

test('adds up what is in the cart', () => {
  const { subtotal, total } = quote(cartOf(mug, pen, pen));
  assert.deepEqual({ subtotal, total }, { subtotal: 1797, total: 1797 });
});

test('leaves the cart that it was given alone', () => {
  const before = cartOf(mug);
  setQuantity(before, 'mug', 5);
  assert.equal(quote(before).total, 1299);
});

test('removes an item at a quantity of none', () => {
  assert.deepEqual(setQuantity(cartOf(mug), 'mug', 0).items, []);
});

test('spreads a discount over the lines', () => {
  const { lines, discount, total } = quote(applyDiscount(cartOf(mug, pen), percentOff(10)));
  assert.deepEqual(
    lines.map((line) => line.discount),
    [131, 24],
  );
  assert.deepEqual({ discount, total }, { discount: 155, total: 1393 });
});

test('takes no more off than the cart costs', () => {
  assert.equal(quote(applyDiscount(cartOf(pen), amountOff(5000))).total, 0);
});

test('keeps free gifts free', () => {
  assert.equal(quote(cartOf(mug, sticker)).total, 1299);
  assert.equal(quote(applyDiscount(cartOf(sticker), percentOff(10))).total, 0);
});

test('taxes what is left after the discount, line by line', () => {
  const taxed = { ...cartOf(mug, pen), taxRate: 0.19 };
  const { tax, total } = quote(applyDiscount(taxed, percentOff(10)));
  assert.deepEqual({ tax, total }, { tax: 222 + 43, total: 1393 + 265 });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem, applyDiscount, createCart, percentOff, quote, renderReceipt } from '../src/index.js';

test('shows lines, discount and total', () => {
  const cart = addItem(createCart(), { sku: 'mug', name: 'Mug', price: 1299, quantity: 2 });
  assert.equal(
    renderReceipt(quote(applyDiscount(cart, percentOff(10)))),
    [
      '2 × Mug                           $25.98',
      '----------------------------------------',
      'Subtotal                          $25.98',
      'Discount                          -$2.60',
      'Total                             $23.38',
    ].join('\n'),
  );
});

test('cuts long names', () => {
  const cart = addItem(createCart(), { sku: 'x', name: 'x'.repeat(100), price: 1 });
  assert.ok(
    renderReceipt(quote(cart))
      .split('\n')
      .every((line) => line.length === 40),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocate, formatAmount, parseAmount } from '../src/money.js';

test('reads what people write', () => {
  assert.deepEqual(['12', '12.5', '$12.50', ' 0.99 '].map(parseAmount), [1200, 1250, 1250, 99]);
  assert.throws(() => parseAmount('12,50'), TypeError);
});

test('writes cents as dollars', () => {
  assert.deepEqual([0, 5, 1250, -99].map(formatAmount), ['$0.00', '$0.05', '$12.50', '-$0.99']);
});

test('allocates in proportion', () => {
  assert.deepEqual(allocate(100, [1, 1, 2]), [25, 25, 50]);
});

test('gives cents that cannot be split to the first shares', () => {
  assert.deepEqual(allocate(100, [1, 1, 1]), [34, 33, 33]);
});

test('never loses a cent', () => {
  for (let amount = 0; amount < 500; amount += 7) {
    const shares = allocate(amount, [1299, 249, 850, 5]);
    assert.equal(
      shares.reduce((sum, share) => sum + share, 0),
      amount,
    );
  }
});

test('allocates nothing where nothing has a weight', () => {
  assert.deepEqual(allocate(0, [0, 0]), [0, 0]);
});

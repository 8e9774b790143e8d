export { addItem, applyDiscount, createCart, quote, removeItem, setQuantity } from './cart.js';
export { amountOff, percentOff } from './discounts.js';
export { allocate, formatAmount, parseAmount } from './money.js';
export { renderReceipt } from './receipt.js';

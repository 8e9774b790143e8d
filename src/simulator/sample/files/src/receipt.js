import { formatAmount } from './money.js';

const WIDTH = 40;

/** A quote as text for a receipt, forty characters wide. */
export function renderReceipt({ lines, subtotal, discount, tax, total }) {
  const rows = [
    ...lines.map((line) => row(`${line.quantity} × ${line.name}`, line.subtotal)),
    '-'.repeat(WIDTH),
    row('Subtotal', subtotal),
    ...(discount > 0 ? [row('Discount', -discount)] : []),
    ...(tax > 0 ? [row('Tax', tax)] : []),
    row('Total', total),
  ];
  return rows.join('\n');
}

function row(label, cents) {
  const amount = formatAmount(cents);
  return label.slice(0, WIDTH - amount.length - 1).padEnd(WIDTH - amount.length) + amount;
}

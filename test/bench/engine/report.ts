import { readFile, writeFile } from 'node:fs/promises';
import { inWords, type Machine } from '../support/machine.ts';
import type { Figure } from './row.ts';

/** A figure, and what each round gave for it. */
export interface Result extends Figure {
  row: string;
  rounds: number[];
}

const README = new URL('../../../README.md', import.meta.url);
const TABLE = /(?<=<!-- bench: engine -->\n)[^]*(?=<!-- \/bench -->)/;

export function describeResult({ row, what, value, unit, bar, rounds }: Result): string {
  const demand = bar === null ? '' : ` ${isMet(value, bar) ? 'met' : 'MISSED'} (${inSymbols(bar)})`;
  return `${row}: ${what}: ${shown(value)} ${unit}${demand} [${rounds.map(shown).join(', ')}]`;
}

/** Replaces the README's table; what was measured under other work belongs in no table, so look at the load. */
export async function writeTable(results: readonly Result[], machine: Machine): Promise<void> {
  const lines = results.map(
    ({ row, what, value, unit, bar }) =>
      `| ${row} | ${what} | ${`${shown(value)} ${unit}`.trim()} | ${bar === null ? '' : `${inSymbols(bar)}${isMet(value, bar) ? '' : ', missed'}`} |`,
  );
  const table = ['| row | what | median | bar |', '| --- | --- | --- | --- |', ...lines].join('\n');
  const readme = await readFile(README, 'utf8');
  if (!TABLE.test(readme)) throw new Error('The README has no place for the table.');
  await writeFile(README, readme.replace(TABLE, `\n${table}\n\n${inWords(machine)}.\n\n`));
}

function shown(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function inSymbols({ kind, value }: NonNullable<Figure['bar']>): string {
  return `${kind === 'at_most' ? '≤' : '≥'} ${value}`;
}

function isMet(value: number, { kind, value: bar }: NonNullable<Figure['bar']>): boolean {
  return kind === 'at_most' ? value <= bar : value >= bar;
}

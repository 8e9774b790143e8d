import { parseArgs } from 'node:util';
import type { Figure, Row, RowContext } from './engine/row.ts';
import { throughput } from './engine/throughput.ts';
import { describeMachine, type Machine } from './support/machine.ts';
import { openPostgresServer } from './support/postgres-server.ts';
import { median } from './support/statistics.ts';

const ROWS: readonly Row[] = [throughput];

interface Result extends Figure {
  row: string;
  /** One value a round; `value` is their median. */
  rounds: number[];
}

/** `npm run bench -- engine [row…] [--rounds n] [--quick] [--json]`: the bars of the engine, measured. */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `No such row: ${unknown.join(', ')}. There are ${ROWS.map(({ name }) => name).join(', ')}.`,
    );
  }
  const rows = ROWS.filter((row) => positionals.length === 0 || positionals.includes(row.name));
  const postgres = await openPostgresServer();
  try {
    const machine = describeMachine(postgres.version);
    const context: RowContext = { postgres, isQuick: values.quick };
    const results: Result[] = [];
    for (const row of rows) {
      const rounds = values.rounds === undefined ? (values.quick ? 1 : row.rounds) : Number(values.rounds);
      const measured = await measureRow(row, rounds, context);
      if (!values.json) for (const result of measured) console.log(lineOf(result));
      results.push(...measured);
    }
    if (values.json) console.log(JSON.stringify({ machine, results }, null, 2));
    else console.log(describe(machine));
  } finally {
    await postgres.close();
  }
}

async function measureRow(row: Row, rounds: number, context: RowContext): Promise<Result[]> {
  const measured: Figure[][] = [];
  for (let round = 0; round < rounds; round += 1) measured.push(await row.measure(context));
  return (measured[0] ?? []).map((figure, index) => {
    const values = measured.flatMap((figures) => figures[index]?.value ?? []);
    return { ...figure, row: row.name, value: median(values), rounds: values };
  });
}

function lineOf({ row, what, value, unit, bar, rounds }: Result): string {
  const shown = (number: number) => number.toFixed(number < 10 ? 2 : number < 100 ? 1 : 0);
  const demand =
    bar === null
      ? ''
      : ` ${isMet(value, bar) ? 'met' : 'MISSED'} (${bar.kind === 'at_most' ? '≤' : '≥'} ${bar.value})`;
  return `${row}: ${what}: ${shown(value)} ${unit}${demand} [${rounds.map(shown).join(', ')}]`;
}

function isMet(value: number, bar: NonNullable<Figure['bar']>): boolean {
  return bar.kind === 'at_most' ? value <= bar.value : value >= bar.value;
}

function describe({ cpu, cores, memoryGb, node, postgresql, commit, loadBefore }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGb} GB; Node ${node}; PostgreSQL ${postgresql}; commit ${commit}; load before ${loadBefore}`;
}

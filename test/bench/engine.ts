import { parseArgs } from 'node:util';
import { failover } from './engine/failover.ts';
import { fairness } from './engine/fairness.ts';
import { front } from './engine/front.ts';
import { idle } from './engine/idle.ts';
import { memory } from './engine/memory.ts';
import { restart } from './engine/restart.ts';
import { describeResult, type Result, writeTable } from './engine/report.ts';
import type { Figure, Row, RowContext } from './engine/row.ts';
import { step } from './engine/step.ts';
import { throughput } from './engine/throughput.ts';
import { describeMachine, inWords } from './support/machine.ts';
import { openPostgresServer } from './support/postgres-server.ts';
import { median } from './support/statistics.ts';

const ROWS: readonly Row[] = [front, idle, throughput, step, failover, restart, fairness, memory];

/** `npm run bench -- engine [row…] [--rounds n] [--quick] [--json | --readme]`: the bars of the engine, measured. */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      readme: { type: 'boolean', default: false },
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
      if (!values.json) for (const result of measured) console.log(describeResult(result));
      results.push(...measured);
    }
    if (values.json) console.log(JSON.stringify({ machine, results }, null, 2));
    else console.log(inWords(machine));
    if (values.readme) await writeTable(results, machine);
  } finally {
    await postgres.close();
  }
}

/** The figures of a row, each with the median of its rounds. */
export async function measureRow(row: Row, rounds: number, context: RowContext): Promise<Result[]> {
  const measured: Figure[][] = [];
  for (let round = 0; round < rounds; round += 1) measured.push(await row.measure(context));
  return (measured[0] ?? []).map((figure, index) => {
    const values = measured.flatMap((figures) => figures[index]?.value ?? []);
    return { ...figure, row: row.name, value: median(values), rounds: values };
  });
}

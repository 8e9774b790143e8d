import { parseArgs } from 'node:util';
import { measureRow } from './engine.ts';
import { describeResult } from './engine/report.ts';
import { approval } from './publish/approval.ts';
import { render } from './publish/render.ts';
import { describeMachine, inWords } from './support/machine.ts';
import { openPostgresServer } from './support/postgres-server.ts';

/** `npm run bench -- publish [--rounds n] [--quick] [--json]`: how long people wait for what they see. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const postgres = await openPostgresServer();
  try {
    const machine = describeMachine(postgres.version);
    const results = [];
    for (const row of [render, approval]) {
      const rounds = values.rounds === undefined ? row.rounds : Number(values.rounds);
      results.push(...(await measureRow(row, rounds, { postgres, isQuick: values.quick })));
    }
    if (values.json) console.log(JSON.stringify({ machine, results }, null, 2));
    else console.log([...results.map(describeResult), inWords(machine)].join('\n'));
  } finally {
    await postgres.close();
  }
}

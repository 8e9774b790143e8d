import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** `npm run bench -- crash [--kills 1000]`: the crash campaigns on both databases, with that many random kills. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { kills: { type: 'string', default: '1000' } } });
  const campaigns = ['test/crash/postgres.test.ts', 'test/crash/embedded.test.ts'];
  const vitest = spawn('npx', ['vitest', 'run', '--project', 'crash', ...campaigns], {
    cwd: path.join(import.meta.dirname, '../..'),
    env: { ...process.env, CRASH_RANDOM: values.kills },
    stdio: 'inherit',
  });
  const [code] = await once(vitest, 'exit');
  process.exitCode = Number(code ?? 1);
}

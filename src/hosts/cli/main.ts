#!/usr/bin/env node
import { messageOf, MusterError } from '../../domain/errors.ts';
import { readEnvironment } from '../env.ts';
import { COMMANDS, usage } from './commands.ts';

/** Exit codes: 0 done, 1 failed, 2 called wrongly, 3 refused to start (configuration, lock). */
const REFUSED = new Set([
  'incomplete_credentials',
  'invalid_credentials',
  'invalid_environment',
  'data_locked',
  'database_newer',
]);

async function main(words: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = words;
  const command = COMMANDS[name];
  if (command === undefined || rest.includes('--help')) {
    process.stdout.write(usage());
    return command === undefined && !['help', '--help', '-h'].includes(name) ? 2 : 0;
  }
  return command.run(rest, readEnvironment());
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`muster: ${messageOf(error)}\n`);
  const code = error instanceof MusterError ? error.code : '';
  process.exitCode = REFUSED.has(code) ? 3 : code === 'usage' ? 2 : 1;
}

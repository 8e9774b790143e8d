#!/usr/bin/env node
import { messageOf, MusterError } from '../../domain/errors.ts';
import { nearNames } from '../../domain/near-names.ts';
import { readEnvironment } from '../env.ts';
import { COMMANDS, commandUsage, usageText, type CliCommand } from './commands.ts';
import { printable } from './output.ts';

/** Exit codes: 0 done, 1 failed, 2 called wrongly, 3 refused to start (configuration, lock, no key). */
const REFUSED = new Set([
  'incomplete_credentials',
  'invalid_credentials',
  'invalid_environment',
  'data_locked',
  'database_newer',
  'no_provider',
]);

async function main(words: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = words;
  if (['help', '--help', '-h'].includes(name)) return help(rest[0]);
  const command = await commandNamed(name);
  return rest.includes('--help') ? help(name) : command.run(rest, readEnvironment());
}

async function help(name: string | undefined): Promise<number> {
  process.stdout.write(name === undefined ? await usageText() : commandUsage(await commandNamed(name)));
  return 0;
}

async function commandNamed(name: string): Promise<CliCommand> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load !== undefined) return load();
  const [near] = nearNames(name, Object.keys(COMMANDS));
  const hint = near === undefined ? '`muster help` lists them' : `did you mean \`${near}\`?`;
  throw new MusterError('usage', `there is no command \`${name}\`; ${hint}`);
}

// Whoever reads the output may stop early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`muster: ${printable(messageOf(error))}\n`);
  const code = error instanceof MusterError ? error.code : '';
  process.exitCode = REFUSED.has(code) ? 3 : code === 'usage' ? 2 : 1;
}

import type { Environment } from '../env.ts';
import { checkCommand } from './check.ts';
import { demoCommand } from './demo.ts';
import { serveCommand } from './serve.ts';
import { simulateCommand } from './simulate/simulate.ts';

export interface CliCommand {
  /** e.g. `serve [--role=web|worker|all]`. */
  form: string;
  does: string;
  /** For `--help`: what can be said, and what it does. */
  options?: readonly (readonly [form: string, does: string])[];
  /** The exit code. Throws `MusterError` `usage` for words that it doesn't take. */
  run(words: readonly string[], environment: Environment): Promise<number>;
}

/** What `muster <name>` can do. */
export const COMMANDS: Readonly<Record<string, CliCommand>> = {
  demo: demoCommand,
  serve: serveCommand('all'),
  worker: serveCommand('worker'),
  check: checkCommand,
  simulate: simulateCommand,
};

const EXIT_CODES = 'Exit codes: 0 done, 1 failed, 2 called wrongly, 3 refused to start.\n';

/** The help text. */
export function usageText(): string {
  const rows = Object.values(COMMANDS).map(({ form, does }) => `  muster ${form.padEnd(44)} ${does}\n`);
  return `muster: agents from a label, let out when they pass muster\n\n${rows.join('')}\n\`muster <command> --help\` says more. Results go to stdout, everything else to stderr.\n${EXIT_CODES}`;
}

/** The help of one command. */
export function commandUsage({ form, does, options = [] }: CliCommand): string {
  const rows = options.map(([option, effect]) => `  ${option.padEnd(20)} ${effect}\n`);
  return `muster ${form}\n  ${does}\n${rows.length > 0 ? `\n${rows.join('')}` : ''}\n${EXIT_CODES}`;
}

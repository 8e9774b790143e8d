import type { Environment } from '../env.ts';
import { demoCommand } from './demo.ts';
import { serveCommand } from './serve.ts';

export interface CliCommand {
  /** e.g. `serve [--role=web|worker|all]`. */
  form: string;
  does: string;
  /** The exit code. Throws `MusterError` `usage` for words that it doesn't take. */
  run(words: readonly string[], environment: Environment): Promise<number>;
}

/** What `muster <name>` can do. */
export const COMMANDS: Record<string, CliCommand> = {
  demo: demoCommand,
  serve: serveCommand('all'),
  worker: serveCommand('worker'),
};

/** The help text. */
export function usage(): string {
  const rows = Object.values(COMMANDS).map(({ form, does }) => `  muster ${form.padEnd(44)} ${does}\n`);
  return `muster: agents from a label, let out when they pass muster\n\n${rows.join('')}\nExit codes: 0 done, 1 failed, 2 called wrongly, 3 refused to start.\n`;
}

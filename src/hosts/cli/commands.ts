import type { Environment } from '../env.ts';

export interface CliCommand {
  /** e.g. `serve [--role=web|worker|all]`. */
  form: string;
  does: string;
  /** For `--help`: what can be said, and what it does. */
  options?: readonly (readonly [form: string, does: string])[];
  /** The exit code. Throws `MusterError` `usage` for words that it doesn't take. */
  run(words: readonly string[], environment: Environment): Promise<number>;
}

/** What `muster <name>` can do. A command is loaded when it is called: all of them take seconds. */
export const COMMANDS: Readonly<Record<string, () => Promise<CliCommand>>> = {
  demo: async () => (await import('./demo.ts')).demoCommand,
  serve: async () => (await import('./serve.ts')).serveCommand('all'),
  worker: async () => (await import('./serve.ts')).serveCommand('worker'),
  init: async () => (await import('./init.ts')).initCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  simulate: async () => (await import('./simulate/simulate.ts')).simulateCommand,
  agents: async () => (await import('./agents.ts')).agentsCommand,
  runs: async () => (await import('./history.ts')).runsCommand,
  show: async () => (await import('./history.ts')).showCommand,
  resume: async () => (await import('./resume.ts')).resumeCommand,
  replay: async () => (await import('./replay.ts')).replayCommand,
  cost: async () => (await import('./history.ts')).costCommand,
  memory: async () => (await import('./history.ts')).memoryCommand,
  judge: async () => (await import('./judge.ts')).judgeCommand,
  export: async () => (await import('./export/export.ts')).exportCommand,
};

const EXIT_CODES = 'Exit codes: 0 done, 1 failed, 2 called wrongly, 3 refused to start.\n';

/** The help text. */
export async function usageText(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map(async (load) => load()));
  const rows = commands.map(({ form, does }) => `  muster ${form.padEnd(50)} ${does}\n`);
  return `muster: agents from a label, let out when they pass muster\n\n${rows.join('')}\n\`muster <command> --help\` says more. Results go to stdout, everything else to stderr.\n${EXIT_CODES}`;
}

/** The help of one command. */
export function commandUsage({ form, does, options = [] }: CliCommand): string {
  const rows = options.map(([option, effect]) => `  ${option.padEnd(20)} ${effect}\n`);
  return `muster ${form}\n  ${does}\n${rows.length > 0 ? `\n${rows.join('')}` : ''}\n${EXIT_CODES}`;
}

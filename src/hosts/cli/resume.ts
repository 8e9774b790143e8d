import { MusterError } from '../../domain/errors.ts';
import type { CliCommand } from './commands.ts';
import { readOptions } from './options.ts';
import { printJson, printLines } from './output.ts';
import { ask } from './reader.ts';
import { noRun, readRunId, RUN_WORDS } from './run-id.ts';

/** `muster resume <run>`: gives an open run a job again. */
export const resumeCommand: CliCommand = {
  form: 'resume <run> [--json]',
  does: 'wakes an open run whose job was lost',
  run: async (args, environment) => {
    const options = { json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = readOptions(args, options, RUN_WORDS);
    const runId = readRunId(positionals);
    const resumed = await ask(environment, { kind: 'resume', runId });
    if (resumed.kind === 'no_run') throw noRun(runId);
    if (resumed.kind === 'ended') {
      const what = resumed.state === 'failed' ? '; `/retry` on its subject tries it again' : '';
      throw new MusterError('run_ended', `run ${runId} is ${resumed.state} already${what}`);
    }
    if (values.json) printJson({ runId, ...resumed });
    else printLines([`run ${runId} is ${resumed.state}, and has its job`]);
    return 0;
  },
};

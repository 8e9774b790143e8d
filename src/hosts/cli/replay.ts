import { createSecretScanner } from '../../adapters/secret-scanner.ts';
import { replayRun, type Replay } from '../../runs/history/replay.ts';
import type { ReplayedStep } from '../../runs/history/replay-session.ts';
import { systemClock } from '../clock.ts';
import type { CliCommand } from './commands.ts';
import { readOptions } from './options.ts';
import { printJson, printLines, table } from './output.ts';
import { ask } from './reader.ts';
import { noRun, readRunId, RUN_WORDS } from './run-id.ts';

const WORDS: Record<ReplayedStep['outcome'], string> = {
  same: 'same',
  another_input: 'ANOTHER INPUT',
  another_output: 'ANOTHER OUTPUT',
  not_compared: 'not compared',
  not_reached: 'NOT REACHED',
};

/** `muster replay <run>`: what this build would have made of a recorded run. */
export const replayCommand: CliCommand = {
  form: 'replay <run> [--json]',
  does: 'takes a recorded run through this build offline, and shows where it diverges',
  run: async (args, environment) => {
    const options = { json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = readOptions(args, options, RUN_WORDS);
    const runId = readRunId(positionals);
    const recording = await ask(environment, { kind: 'recording', runId });
    if (recording === null) throw noRun(runId);
    const scanner = createSecretScanner({ ownSecrets: environment.secretValues });
    const replay = await replayRun(recording, { scanner, clock: systemClock });
    if (values.json) printJson({ runId, ...replay });
    else printLines(describe(runId, replay));
    return replay.hasDiverged ? 1 : 0;
  },
};

function describe(runId: string, { steps, hasDiverged }: Replay): string[] {
  const rows = steps.map(({ key, outcome, detail }) => [WORDS[outcome], key, detail ?? '']);
  const end = hasDiverged ? 'this build does otherwise' : 'this build does the same';
  return [...table(rows), `run ${runId}: ${end}`];
}

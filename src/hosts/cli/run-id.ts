import { MusterError } from '../../domain/errors.ts';
import { isRunId } from '../../domain/trigger.ts';
import { usage } from './options.ts';

/** What a command takes that is about one run. */
export const RUN_WORDS = { min: 1, max: 1, expected: 'one run id' };

/** The only word of such a command; throws `usage` where it is no run id. */
export function readRunId([runId = '']: readonly string[]): string {
  if (isRunId(runId)) return runId;
  throw usage(`\`${runId}\` is no run id: those are \`r_\` and twelve of a-z, 2-7`);
}

export function noRun(runId: string): MusterError {
  return new MusterError('no_run', `there is no run ${runId}; \`muster runs\` lists the newest`);
}

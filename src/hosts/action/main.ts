import { randomUUID } from 'node:crypto';
import path from 'node:path';
import * as core from '@actions/core';
import { createLog } from '../../adapters/pino-log.ts';
import { messageOf, MusterError } from '../../domain/errors.ts';
import { type Environment, readJobEnvironment, readRunner, type Runner } from '../env.ts';
import { redactValues } from '../redact.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { hasFailed, outputsOf } from './result.ts';
import { type JobEnd, runJob } from './run-job.ts';
import { renderSummary } from './summary.ts';

/* The Action: reads the runner, runs the job, and tells what it came to. */
let redact = (text: string): string => text;
try {
  const runner = readRunner();
  const inputs = readInputs(core.getInput);
  const environment = environmentOf(runner, inputs);
  redact = redactValues(environment.secretValues);
  // The runner masks a value in base64, too, at each of its three alignments.
  environment.secretValues.forEach((secret) => core.setSecret(secret));
  const log = createLog({
    level: environment.logLevel,
    redact,
    stream: { write: (line) => process.stdout.write(line) },
  });
  const end = await withoutCommands(async () => runJob({ runner, inputs, environment, log }));
  await tell(end, runner.hasSummary);
} catch (error) {
  core.setFailed(redact(`${messageOf(error)}${adviceOn(error)}`));
}

function environmentOf(runner: Runner, inputs: Inputs): Environment {
  return readJobEnvironment({
    ...inputs.providers,
    ...(inputs.databaseUrl === null ? {} : { DATABASE_URL: inputs.databaseUrl }),
    LOG_LEVEL: runner.isDebug ? 'debug' : 'info',
    MUSTER_DATA_DIR: path.join(runner.temporaryFolder, 'muster'),
  });
}

function adviceOn(error: unknown): string {
  return error instanceof MusterError && error.code === 'github_forbidden'
    ? '. The job needs `permissions:` contents, issues, pull-requests and checks: write.'
    : '';
}

/** What is logged may quote anybody's text, and a line of it could be a command to the runner. */
async function withoutCommands<T>(work: () => Promise<T>): Promise<T> {
  const word = randomUUID();
  process.stdout.write(`::stop-commands::${word}\n`);
  try {
    return await work();
  } finally {
    process.stdout.write(`::${word}::\n`);
  }
}

async function tell(end: JobEnd, hasSummary: boolean): Promise<void> {
  const { outcome, runs } = end.kind === 'ran' ? end : { outcome: end.reason, runs: [] };
  for (const [name, value] of Object.entries(outputsOf(outcome, runs))) core.setOutput(name, redact(value));
  if (hasSummary) await core.summary.addRaw(redact(renderSummary(outcome, runs))).write();
  if (end.kind === 'refused') core.setFailed(redact(outcome));
  if (end.kind === 'nothing') core.notice(redact(outcome), { title: 'Muster had nothing to do' });
  for (const stored of runs) {
    const { request, state, reason } = stored.run;
    const words = redact(`${request.work.name} ${state}${reason === null ? '' : `: ${reason}`}`);
    if (hasFailed(stored)) core.setFailed(words);
    else if (reason === null) core.info(words);
    else core.notice(words);
  }
}

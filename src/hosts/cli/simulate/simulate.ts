import { isPlainObject } from '../../../domain/json.ts';
import { MusterError } from '../../../domain/errors.ts';
import { createCassetteModel } from '../../../simulator/cassette-model.ts';
import { parseCassette } from '../../../simulator/cassette.ts';
import { sampleRepository } from '../../../simulator/sample/sample.ts';
import { sampleCassette } from '../../../simulator/sample/world.ts';
import { systemClock } from '../../clock.ts';
import type { CliCommand } from '../commands.ts';
import { readJsonFile } from '../files.ts';
import { readOptions, usage } from '../options.ts';
import { printJson, printLines, progress, remark } from '../output.ts';
import { guessEvent } from './guess-event.ts';
import { startRecording, type Recording } from './recording.ts';
import { describeSimulation, describeWorld, toSimulatedRun, type SimulationReport } from './report.ts';
import { readRepositoryFiles } from './repository-files.ts';
import { simulateEvent, type Simulated, type SimulatedEvent } from './run-event.ts';
import type { World } from './world.ts';

const OPTIONS = {
  event: { type: 'string' },
  cassette: { type: 'string' },
  record: { type: 'string' },
  repo: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** `muster simulate <event.json>`: what Muster would do with a webhook event, offline; exit code 1 where a run failed. */
export const simulateCommand: CliCommand = {
  form: 'simulate <event.json> [--json]',
  does: 'what Muster would do with a webhook event, offline',
  options: [
    ['--event <name>', "the webhook's name, where the payload's shape doesn't tell"],
    ['--cassette <file>', 'recorded replies of models; the sample repository has some'],
    ['--record <file>', 'asks the real models of the environment, and records what they answer'],
    ['--repo <folder>', 'the files of the repository, instead of the sample repository'],
  ],
  run: async (args, environment) => {
    const { values, positionals } = readOptions(args, OPTIONS, {
      min: 1,
      max: 1,
      expected: 'one event file',
    });
    if (values.record !== undefined && values.cassette !== undefined) {
      throw usage('--record and --cassette exclude each other');
    }
    const event = await readEventFile(positionals[0] ?? '', values.event);
    const files =
      values.repo === undefined ? sampleRepository().files : await readRepositoryFiles(values.repo);
    const recording = values.record === undefined ? null : startRecording(environment);
    const model = recording?.model ?? (await openCassette(values.cassette));
    const report = await simulateEvent({ event, files, model, environment, tell: progress }, async (done) =>
      toReport(event, done),
    );
    if (recording !== null) await saveRecording(recording, values.record ?? '');
    if (values.json) printJson(report);
    else printLines(describeSimulation(report));
    return report.runs.some(({ state }) => state === 'failed') ? 1 : 0;
  },
};

async function readEventFile(file: string, named: string | undefined): Promise<SimulatedEvent> {
  const payload = await readJsonFile(file);
  if (!isPlainObject(payload)) throw new MusterError('malformed_event', `${file} holds no JSON object`);
  const name = named ?? guessEvent(payload);
  if (name !== null) return { name, payload };
  throw usage(`${file}: its shape doesn't tell the event; name it with --event, e.g. --event issues`);
}

async function openCassette(file: string | undefined) {
  const cassette = file === undefined ? sampleCassette() : parseCassette(await readJsonFile(file), file);
  return createCassetteModel(cassette, { clock: systemClock });
}

async function saveRecording(recording: Recording, file: string): Promise<void> {
  const isSaved = await recording.save(file);
  remark(isSaved ? `recorded in ${file}` : 'no model was asked: nothing was recorded');
}

function toReport(event: SimulatedEvent, { scenario, outcome, runs, world }: Simulated): SimulationReport {
  const { action } = event.payload;
  return {
    event: event.name,
    action: typeof action === 'string' ? action : null,
    repository: scenario === null ? null : `${scenario.repository.owner.login}/${scenario.repository.name}`,
    world: scenario === null ? [] : describeWorld(scenario),
    outcome,
    runs: runs.map((stored) => toSimulatedRun(stored, checksOf(world, stored.view?.headSha ?? null))),
  };
}

/** The newest of each name, as the page of a pull request shows them. */
function checksOf({ repository }: World, headSha: string | null) {
  const checks = repository.checkRuns.filter((check) => check.headSha === headSha);
  return [...new Map(checks.map((check) => [check.name, check])).values()].map((check) => ({
    name: check.name,
    status: check.status,
    conclusion: check.conclusion,
    title: check.output.title,
  }));
}

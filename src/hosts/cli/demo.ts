import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog } from '../../adapters/pino-log.ts';
import { MusterError } from '../../domain/errors.ts';
import { createCassetteModel } from '../../simulator/cassette-model.ts';
import {
  createSampleWorld,
  sampleCassette,
  SAMPLE_REPOSITORY,
  SAMPLE_SECRET,
  type SampleWorld,
} from '../../simulator/sample/world.ts';
import { sampleRepository } from '../../simulator/sample/sample.ts';
import { systemClock } from '../clock.ts';
import { readEnvironment, type Environment } from '../env.ts';
import { WEBHOOK_PATH } from '../server/front.ts';
import { serve, type RunningServer } from '../server/serve.ts';
import type { CliCommand } from './commands.ts';
import { createStage, type Stage } from './stage.ts';
import { watchRun, type Seen } from './watch-run.ts';

const GIVE_UP_MS = 240_000;

/** `muster demo`: an issue, a label, a judged pull request, an approval, all on loopback and without a key. */
export const demoCommand: CliCommand = {
  form: 'demo',
  does: 'a labelled issue becomes an approved pull request, offline',
  run: async (_words, environment) => {
    const dataDirectory = await mkdtemp(path.join(tmpdir(), 'muster-demo-'));
    const stage = createStage(process.stdout);
    const startedAt = Date.now();
    stage.title('Muster demo');
    stage.say('GitHub is simulated on loopback: real HTTP, signed webhooks, git, and an embedded database.');
    stage.say(
      "The model's replies are recorded: no model is called, nothing is paid. Amounts are what it would have cost.",
    );
    const world = await createSampleWorld(systemClock);
    const server = await startServer(world, dataDirectory, environment);
    try {
      const isApproved = await play(world, stage);
      stage.say(`${isApproved ? 'Done' : 'Failed'} in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s.`);
      return isApproved ? 0 : 1;
    } finally {
      await server.stop();
      await world.simulator.close();
      await rm(dataDirectory, { recursive: true, force: true });
    }
  },
};

async function startServer(
  world: SampleWorld,
  dataDirectory: string,
  environment: Environment,
): Promise<RunningServer> {
  const server = await serve({
    // Nothing of the user's own set-up may reach the demo.
    environment: readEnvironment({
      APP_ID: String(world.app.id),
      PRIVATE_KEY: world.privateKey,
      WEBHOOK_SECRET: SAMPLE_SECRET,
      GITHUB_API_URL: world.simulator.url,
      MUSTER_DATA_DIR: dataDirectory,
      PORT: '0',
    }),
    role: 'all',
    log: createLog({ level: environment.logLevel === 'debug' ? 'debug' : 'error', redact: (text) => text }),
    model: createCassetteModel(sampleCassette(), { clock: systemClock }),
  });
  world.app.webhookUrl = `http://127.0.0.1:${server.port}${WEBHOOK_PATH}`;
  return server;
}

/** The story, act by act; true when the pull request really ended approved. */
async function play(world: SampleWorld, stage: Stage): Promise<boolean> {
  const { simulator } = world;
  const { issue } = sampleRepository();
  stage.act('ada reports a bug');
  const opened = await simulator.as('ada').openIssue(SAMPLE_REPOSITORY, issue);
  stage.say(`#${opened.number} ${issue.title}`);
  stage.act('ada puts the label `agent:bug-root-cause-analyzer` on it');
  await simulator.as('ada').label(SAMPLE_REPOSITORY, opened.number, 'agent:bug-root-cause-analyzer');
  const seen = await watchRun(world, opened.number, GIVE_UP_MS, (line) => stage.progress(line));
  await show(world, stage, seen);
  if (seen.pullRequest === null) return false;
  stage.act('grace reads the pull request and writes `/approve`');
  simulator.as('grace').comment(SAMPLE_REPOSITORY, opened.number, '/approve');
  const ended = await watchRun(world, opened.number, GIVE_UP_MS, (line) => stage.progress(line), 'ended');
  await show(world, stage, ended);
  return (
    ended.isReady &&
    ended.checks.every((check) => check.conclusion === 'success') &&
    ended.checks.length === 3
  );
}

/** What a person would see on GitHub now. */
async function show(world: SampleWorld, stage: Stage, seen: Seen): Promise<void> {
  if (seen.comment === null) throw new MusterError('demo_failed', 'There is no tracking comment.');
  stage.card(`muster[bot] commented on #${seen.issue}`, seen.comment);
  if (seen.pullRequest !== null) {
    const { number, title, isVerified, headSha, diff } = seen.pullRequest;
    const badges = `${seen.isReady ? 'ready for review' : 'draft'}, commit ${headSha.slice(0, 7)}${isVerified ? ' Verified' : ''}`;
    stage.card(`Pull request #${number}: ${title} (${badges})`, diff);
  }
  for (const check of seen.checks) stage.check(check.name, check.conclusion ?? check.status, check.title);
}

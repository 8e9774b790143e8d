import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecretScanner } from '../../src/adapters/secret-scanner.ts';
import { ask } from '../../src/hosts/cli/reader.ts';
import type { Json } from '../../src/domain/json.ts';
import { replayRun, type Recording } from '../../src/runs/history/replay.ts';
import { sampleRepository } from '../../src/simulator/sample/sample.ts';
import { testClock } from '../support/clock.ts';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/hosts/cli/main.ts');
const PULL = { title: 'Free items get a cent', body: 'The cause is `allocate`.' };
const FIX = {
  path: 'src/money.js',
  search: 'shares[index] += 1;',
  replace: 'if (weights[index] === 0) continue;\n    shares[index] += 1;',
};

let scene: Scene;
let approved: Recording;
let reworked: Recording;
let pushedTo: Recording;
beforeAll(async () => {
  scene = await openScene({
    files: { '.github/agents/fixer.md': agentFile('fixer', '{ pull_request: 1, comment: 1 }') },
    cassette: cassetteOf(
      turn('fixer', 0, [
        ['read_file', { path: 'src/money.js' }],
        ['edit_file', FIX],
      ]),
      turn('fixer', 1, [['propose_pull_request', PULL]]),
      turn('fixer', 2, []),
      turn('fixer', 3, [
        ['write_file', { path: 'NOTES.md', content: 'Free items have no weight.\n' }],
        ['propose_pull_request', PULL],
      ]),
      turn('fixer', 4, []),
      verdict('fixer', ['asked'], 0.9, 'The cause is `allocate`.'),
    ),
  });
  approved = await record(async (issue) => {
    scene.simulator.as('grace').comment(REPOSITORY, issue, '/approve');
    await scene.reaches(issue, 'done');
  });
  reworked = await record(async (issue) => {
    const head = scene.pullRequestOf(issue)?.pull?.head.sha;
    scene.simulator.as('grace').comment(REPOSITORY, issue, '/rework write it down too');
    await scene.until('the second round', () => scene.pullRequestOf(issue)?.pull?.head.sha !== head);
    await scene.reaches(issue, 'waiting');
  });
  pushedTo = await record(async (issue) => {
    const grace = scene.simulator.as('grace');
    grace.comment(REPOSITORY, issue, '/approve');
    await scene.reaches(issue, 'done');
    await grace.push(REPOSITORY, scene.pullRequestOf(issue)?.pull?.head.ref ?? '', { 'MORE.md': 'More.\n' });
    await scene.reaches(issue, 'waiting');
  });
});
afterAll(async () => scene.close());

async function record(goOn: (issue: number) => Promise<void>): Promise<Recording> {
  const { number } = await scene.simulator.as('ada').openIssue(REPOSITORY, sampleRepository().issue);
  await scene.simulator.as('ada').label(REPOSITORY, number, 'agent:fixer');
  await scene.reaches(number, 'waiting');
  await goOn(number);
  await scene.simulator.settled();
  const recording = await scene.until('its record', async () => {
    const found = await recordingOf(number);
    return found !== null && ['done', 'waiting'].includes(found.record.run.state) ? found : null;
  });
  // As it comes through the local socket, or out of a file.
  return JSON.parse(JSON.stringify(recording));
}

async function recordingOf(issue: number): Promise<Recording | null> {
  const runId = /muster:run=(r_[a-z2-7]{12})/.exec(scene.tracking(issue)?.body ?? '')?.[1] ?? '';
  return ask(scene.environment, { kind: 'recording', runId });
}

async function muster(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { databaseUrl, dataDirectory } = scene.environment;
  const env = {
    PATH: `${path.dirname(process.execPath)}${path.delimiter}/usr/bin:/bin`,
    MUSTER_DATA_DIR: dataDirectory,
    ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

async function replay(recording: Recording) {
  const { steps, hasDiverged } = await replayRun(recording, {
    scanner: createSecretScanner({ ownSecrets: [] }),
    clock: testClock('2030-01-01T00:00:00Z'),
  });
  return { hasDiverged, odd: steps.filter(({ outcome }) => outcome !== 'same'), steps };
}

/** The recording with one step changed. */
function changed(
  recording: Recording,
  key: string,
  change: (output: Json) => Json,
  inputDigest?: string,
): Recording {
  const steps = recording.record.steps.map((step) =>
    step.key === key
      ? { ...step, output: change(step.output as Json), inputDigest: inputDigest ?? step.inputDigest }
      : step,
  );
  return { ...recording, record: { ...recording.record, steps } };
}

describe('a replay', () => {
  it('by the build that recorded it is the same throughout, offline, at any time', async () => {
    const { hasDiverged, odd, steps } = await replay(approved);
    expect({ hasDiverged, odd }).toEqual({ hasDiverged: false, odd: [] });
    expect(steps.map(({ key }) => key)).toEqual(
      expect.arrayContaining([
        'prepare',
        'r0/turn-1',
        'r0/turn-1/tool-0',
        'r0/guard',
        'r0/verdict',
        'r0/gate',
      ]),
    );
    expect(steps.at(-1)?.key).toBe('tracking comment');
  });

  it('follows a rework into its second round', async () => {
    const { hasDiverged, odd, steps } = await replay(reworked);
    expect({ hasDiverged, odd }).toEqual({ hasDiverged: false, odd: [] });
    expect(steps.map(({ key }) => key)).toContain('r1/gate');
  });

  it('follows a push to what was done', async () => {
    const { hasDiverged, odd, steps } = await replay(pushedTo);
    expect({ hasDiverged, odd }).toEqual({ hasDiverged: false, odd: [] });
    expect(steps.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['r0/pushed', 'r1/verdict', 'r1/gate']),
    );
  });

  it('names a prompt that this build would word otherwise', async () => {
    const other = changed(approved, 'r0/turn-2', (output) => output, 'digest-of-another-prompt');
    const { hasDiverged, odd } = await replay(other);
    expect(hasDiverged).toBe(true);
    expect(odd).toEqual([{ key: 'r0/turn-2', outcome: 'another_input', detail: null }]);
  });

  it('names the stage whose outcome is another: guards, verdict, gate, comment', async () => {
    const gate = changed(approved, 'r0/gate', () => []);
    expect((await replay(gate)).odd[0]).toMatchObject({ key: 'r0/gate', outcome: 'another_output' });
    const lower = changed(approved, 'r0/verdict', (output) => ({ ...(output as object), score: 0.1 }));
    expect((await replay(lower)).odd[0]).toMatchObject({ key: 'r0/verdict', outcome: 'another_output' });
    const guard = changed(approved, 'r0/guard', (output) => ({
      ...(output as object),
      findings: [{ guard: 'g', proposalId: 'p1', outcome: 'cleaned', message: 'm' }],
    }));
    expect((await replay(guard)).odd[0]).toMatchObject({ key: 'r0/guard', outcome: 'another_output' });
    const { view } = approved;
    if (view?.comment == null) throw new Error('no comment');
    const shown = { ...approved, view: { ...view, comment: { ...view.comment, digest: 'another' } } };
    expect((await replay(shown)).odd).toEqual([
      { key: 'tracking comment', outcome: 'another_output', detail: null },
    ]);
  });

  it('says of what was not recorded by an earlier build that it can’t be compared, which is no divergence', async () => {
    const without = (...keys: string[]): Recording => {
      const steps = approved.record.steps.filter(({ key }) => !keys.includes(key));
      expect(steps).toHaveLength(approved.record.steps.length - keys.length);
      return { ...approved, record: { ...approved.record, steps } };
    };
    const guard = await replay(without('r0/base'));
    expect(guard.hasDiverged).toBe(false);
    expect(guard.odd).toMatchObject([{ key: 'r0/guard', outcome: 'not_compared' }]);
    const work = await replay(without('r0/recall'));
    expect(work.hasDiverged).toBe(false);
    expect(work.odd).toContainEqual({ key: 'r0/turn-1', outcome: 'not_compared', detail: null });
    expect(work.odd.at(-1)).toMatchObject({ key: 'r0/work', outcome: 'not_compared' });
  });

  it('tells steps that this build no longer takes', async () => {
    const { record } = approved;
    const [first] = record.steps;
    if (first === undefined) throw new Error('nothing recorded');
    const steps = [...record.steps, { ...first, key: 'r0/of-an-old-build' }];
    const { hasDiverged, odd } = await replay({ ...approved, record: { ...record, steps } });
    expect(hasDiverged).toBe(true);
    expect(odd).toEqual([{ key: 'r0/of-an-old-build', outcome: 'not_reached', detail: null }]);
  });

  it('of a run that died in the middle compares as far as it came', async () => {
    const { record } = approved;
    const cut = record.steps.findIndex(({ key }) => key === 'r0/turn-2');
    const steps = record.steps.slice(0, cut);
    const run = { ...record.run, state: 'working' as const };
    const { hasDiverged, odd } = await replay({ ...approved, record: { ...record, run, steps } });
    expect({ hasDiverged, odd }).toEqual({ hasDiverged: false, odd: [] });
  });
});

describe('the command line, beside the server', () => {
  it('replays a run by its id, and says in its exit code whether this build does the same', async () => {
    const { runId } = approved.record.run.request;
    const { code, stdout } = await muster('replay', runId);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^same +r0\/gate$/m);
    expect(stdout.trimEnd()).toMatch(/this build does the same$/);
    const { code: none, stderr } = await muster('replay', 'r_aaaaaaaaaaaa');
    expect([none, stderr]).toEqual([1, expect.stringContaining('there is no run r_aaaaaaaaaaaa')]);
    expect((await muster('replay', 'nonsense')).code).toBe(2);
  });

  it('wakes an open run, which goes on where it was, and refuses one that has ended', async () => {
    const { runId, subject } = reworked.record.run.request;
    const woken = await muster('resume', runId, '--json');
    expect([woken.code, JSON.parse(woken.stdout)]).toEqual([0, { runId, kind: 'woken', state: 'waiting' }]);
    await scene.until('the next claim', async () => {
      const attempt = (await recordingOf(subject.number))?.record.run.attempt ?? 0;
      return attempt > reworked.record.run.attempt;
    });
    await scene.reaches(subject.number, 'waiting');
    const ended = await muster('resume', approved.record.run.request.runId);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('is done already')]);
  });
});

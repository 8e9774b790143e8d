import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/** One step of a job, as a runner starts it. */
export interface Step {
  main: string;
  apiUrl: string;
  repository: { id: number; name: string };
  event: { name: string; payload: unknown };
  actor: { id: number; login: string };
  triggeringActor?: string;
  inputs: Record<string, string>;
  /** Beside the runner's own. */
  env?: Record<string, string>;
  /** Of the workflow's run. */
  runId?: number;
  onStarted?: (child: ChildProcess) => void;
}

export interface StepResult {
  exitCode: number | null;
  /** Both streams as they came, but for the lines that tell the runner what to mask. */
  log: string;
  outputs: Record<string, string>;
  summary: string;
}

/** Spawns the bundle with nothing but a runner's environment (of the host only where `git` is found). */
export async function runStep(step: Step): Promise<StepResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'muster-runner-'));
  const file = (name: string) => path.join(folder, name);
  try {
    await writeFile(file('event.json'), JSON.stringify(step.event.payload));
    await Promise.all(
      ['output', 'summary', 'env', 'path', 'state'].map(async (name) => writeFile(file(name), '')),
    );
    const child = spawn(process.execPath, [step.main], {
      cwd: folder,
      env: { ...runnerEnvironment(step, folder), ...inputsOf(step.inputs), ...step.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Before the test gives up, so that the log is there to be seen.
      timeout: 180_000,
    });
    step.onStarted?.(child);
    const closed = once(child, 'close');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    await closed;
    return {
      exitCode: child.exitCode,
      log: `${stdout}${stderr}`.replaceAll(/^::add-mask::.*\n/gm, ''),
      outputs: readOutputs(await readFile(file('output'), 'utf8')),
      summary: await readFile(file('summary'), 'utf8'),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runnerEnvironment(step: Step, folder: string): Record<string, string> {
  const { repository, event, actor, apiUrl } = step;
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: repository.name,
    GITHUB_REPOSITORY_ID: String(repository.id),
    GITHUB_REPOSITORY_OWNER: repository.name.split('/')[0] ?? '',
    GITHUB_EVENT_NAME: event.name,
    GITHUB_EVENT_PATH: path.join(folder, 'event.json'),
    GITHUB_SHA: '0'.repeat(40),
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_ACTOR: actor.login,
    GITHUB_ACTOR_ID: String(actor.id),
    GITHUB_TRIGGERING_ACTOR: step.triggeringActor ?? actor.login,
    GITHUB_RUN_ID: String(step.runId ?? 7_000_000_001),
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_JOB: 'muster',
    GITHUB_WORKFLOW: 'Muster',
    GITHUB_WORKSPACE: folder,
    GITHUB_API_URL: apiUrl,
    GITHUB_GRAPHQL_URL: `${apiUrl}/graphql`,
    GITHUB_SERVER_URL: apiUrl,
    GITHUB_OUTPUT: path.join(folder, 'output'),
    GITHUB_STEP_SUMMARY: path.join(folder, 'summary'),
    GITHUB_ENV: path.join(folder, 'env'),
    GITHUB_PATH: path.join(folder, 'path'),
    GITHUB_STATE: path.join(folder, 'state'),
    RUNNER_TEMP: path.join(folder, 'temp'),
    RUNNER_TOOL_CACHE: path.join(folder, 'tools'),
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: 'X64',
  };
}

function inputsOf(inputs: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
}

function readOutputs(file: string): Record<string, string> {
  const entries = file.matchAll(/^([\w-]+)<<(ghadelimiter_[\w-]+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...entries].map(([, name, , value]) => [name ?? '', value ?? '']));
}

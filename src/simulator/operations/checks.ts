import type { CheckAction, CheckConclusion, CheckRun, CheckStatus, CheckSuite } from '../check-model.ts';
import type { Annotation } from '../check-model.ts';
import { invalid, invalidField } from '../errors.ts';
import type { App, Repository } from '../model.ts';
import { nodeIdOf } from '../node-ids.ts';
import { installationOn, nowText, type Actor, type SimulatorState } from '../state.ts';
import { emitCheckRun, emitCheckSuite } from './emit.ts';

/** What a request may set on a check run; absent keeps what is there. */
export interface CheckRunInput {
  name?: string | undefined;
  externalId?: string | undefined;
  detailsUrl?: string | undefined;
  status?: CheckStatus | undefined;
  conclusion?: CheckConclusion | undefined;
  startedAt?: string | undefined;
  completedAt?: string | undefined;
  output?: { title?: string; summary: string; text?: string } | undefined;
  /** At most 50 a request; added to those that are there. */
  annotations?: Annotation[] | undefined;
  actions?: CheckAction[] | undefined;
}

/** From worst to best: the first that a run of a suite has is the suite's. */
const SEVERITY: readonly CheckConclusion[] = [
  'action_required',
  'cancelled',
  'timed_out',
  'failure',
  'stale',
  'neutral',
  'success',
  'skipped',
];

/** Asks every App with `checks: write` for a suite on a new head: `check_suite.requested`. */
export async function requestSuites(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  headBranch: string,
  before: string | null,
  headSha: string,
): Promise<void> {
  for (const app of state.apps.values()) {
    const permissions = installationOn(state, app.id, repository)?.permissions;
    if (permissions?.checks !== 'write' || findSuite(repository, app, headSha) !== null) continue;
    const suite = addSuite(state, repository, { app, headSha, headBranch, before });
    await emitCheckSuite(state, actor, repository, suite, 'requested');
  }
}

/** Makes a check run in the App's suite of that head: `check_run.created`, and `completed` where it is. */
export async function createCheckRun(
  state: SimulatorState,
  actor: Actor & { app: App },
  repository: Repository,
  input: CheckRunInput & { name: string; headSha: string; log?: string },
): Promise<CheckRun> {
  const { app } = actor;
  if ((await repository.git.readCommit(input.headSha)) === null) {
    throw invalid(`No commit found for SHA: ${input.headSha}`);
  }
  const suite =
    findSuite(repository, app, input.headSha) ??
    addSuite(state, repository, {
      app,
      headSha: input.headSha,
      headBranch: await branchAt(repository, input.headSha),
      before: null,
    });
  const id = state.nextId();
  const run: CheckRun = {
    id,
    nodeId: nodeIdOf('checkRun', id),
    suiteId: suite.id,
    appId: app.id,
    name: input.name,
    headSha: input.headSha,
    externalId: '',
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAt: nowText(state),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
    log: input.log ?? null,
  };
  applyInput(state, run, input);
  repository.checkRuns.push(run);
  emitCheckRun(state, actor, repository, run, 'created');
  await settleSuite(state, actor, repository, suite, run, false);
  return run;
}

/** Changes a check run: `check_run.completed` when it completes, else no webhook, as on GitHub. */
export async function updateCheckRun(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  run: CheckRun,
  input: CheckRunInput,
): Promise<void> {
  const wasCompleted = run.status === 'completed';
  applyInput(state, run, input);
  const suite = repository.checkSuites.find((entry) => entry.id === run.suiteId);
  if (suite !== undefined) await settleSuite(state, actor, repository, suite, run, wasCompleted);
}

function applyInput(state: SimulatorState, run: CheckRun, input: CheckRunInput): void {
  const { conclusion, status = conclusion === undefined ? run.status : 'completed' } = input;
  if (status === 'completed' && conclusion === undefined && run.conclusion === null) {
    throw invalid('Invalid request.\n\nNo subschema in "anyOf" matched.\n"conclusion" wasn\'t supplied.');
  }
  const annotations = input.annotations ?? [];
  if (annotations.length > 50) throw invalidField('CheckRun', 'annotations', 'too_long');
  for (const annotation of annotations) validateAnnotation(annotation);
  const isCompleted = status === 'completed';
  run.name = input.name ?? run.name;
  run.externalId = input.externalId ?? run.externalId;
  run.detailsUrl = input.detailsUrl ?? run.detailsUrl;
  run.startedAt = input.startedAt ?? run.startedAt;
  run.status = status;
  run.conclusion = isCompleted ? (conclusion ?? run.conclusion) : null;
  run.completedAt = isCompleted ? (input.completedAt ?? run.completedAt ?? nowText(state)) : null;
  run.annotations.push(...annotations);
  run.actions = input.actions ?? run.actions;
  if (input.output === undefined) return;
  const { title = run.output.title, summary, text = run.output.text } = input.output;
  run.output = { title, summary, text };
}

/** GitHub counts an annotation's texts in bytes, and takes columns on a single line only. */
function validateAnnotation(annotation: Annotation): void {
  const { path, start_line, end_line, start_column, end_column, message, title } = annotation;
  const isOnOneLine = start_line === end_line;
  if (path === '') throw invalidField('CheckAnnotation', 'path', 'missing_field');
  if (start_line < 1 || end_line < start_line) throw invalidField('CheckAnnotation', 'end_line', 'invalid');
  if (!isOnOneLine && (start_column !== null || end_column !== null))
    throw invalidField('CheckAnnotation', 'start_column', 'invalid');
  if (message === '' || Buffer.byteLength(message) > 65_536)
    throw invalidField('CheckAnnotation', 'message', message === '' ? 'missing_field' : 'too_long');
  if ((title ?? '').length > 255) throw invalidField('CheckAnnotation', 'title', 'too_long');
}

async function settleSuite(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  suite: CheckSuite,
  run: CheckRun,
  wasCompleted: boolean,
): Promise<void> {
  const runs = repository.checkRuns.filter((entry) => entry.suiteId === suite.id);
  const isDone = runs.every((entry) => entry.status === 'completed');
  suite.updatedAt = nowText(state);
  suite.status = isDone ? 'completed' : 'in_progress';
  suite.conclusion = isDone ? worstOf(runs) : null;
  if (run.status !== 'completed' || wasCompleted) return;
  emitCheckRun(state, actor, repository, run, 'completed');
  if (isDone) await emitCheckSuite(state, actor, repository, suite, 'completed');
}

function worstOf(runs: CheckRun[]): CheckConclusion {
  return SEVERITY.find((conclusion) => runs.some((run) => run.conclusion === conclusion)) ?? 'neutral';
}

function findSuite(repository: Repository, app: App, headSha: string): CheckSuite | null {
  return repository.checkSuites.find((suite) => suite.appId === app.id && suite.headSha === headSha) ?? null;
}

function addSuite(
  state: SimulatorState,
  repository: Repository,
  input: { app: App; headSha: string; headBranch: string | null; before: string | null },
): CheckSuite {
  const id = state.nextId();
  const at = nowText(state);
  const suite: CheckSuite = {
    id,
    nodeId: nodeIdOf('checkSuite', id),
    appId: input.app.id,
    headSha: input.headSha,
    headBranch: input.headBranch,
    before: input.before,
    status: 'queued',
    conclusion: null,
    createdAt: at,
    updatedAt: at,
  };
  repository.checkSuites.push(suite);
  return suite;
}

async function branchAt(repository: Repository, sha: string): Promise<string | null> {
  const found = (await repository.git.listRefs('refs/heads/')).find((entry) => entry.sha === sha);
  return found?.ref.replace('refs/heads/', '') ?? null;
}

import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { isPlainObject } from '../../domain/json.ts';
import { invalid, notFound } from '../errors.ts';
import type { Repository } from '../model.ts';
import { emitOn } from '../operations/emit.ts';
import type { Payload } from '../payloads/account.ts';
import { apiUrl, webUrl } from '../payloads/repository.ts';
import { nowText, type SimulatorState } from '../state.ts';
import { findCommit } from './commit-names.ts';
import { actorIn, idParam, ok, page, textParam, type RepositoryHandler } from './request.ts';

const FOLDER = '.github/workflows';

interface Workflow {
  id: number;
  path: string;
  name: string;
  /** Names and whether they are required; null where it can't be dispatched. */
  inputs: Record<string, { isRequired: boolean }> | null;
}

/** Workflows as the repository's files declare them, their dispatches, and job logs. */
export const actionHandlers: Record<string, RepositoryHandler> = {
  'actions/list-repo-workflows': async (request, repository) => {
    const workflows = await workflowsAt(repository, repository.defaultBranch);
    return page(
      request,
      workflows,
      (workflow) => workflowPayload(request.state, repository, workflow),
      (shown, total) => ({ total_count: total, workflows: shown }),
    );
  },

  'actions/get-workflow': async (request, repository) => {
    const workflows = await workflowsAt(repository, repository.defaultBranch);
    const workflow = named(workflows, textParam(request, 'workflow_id'));
    return ok(workflowPayload(request.state, repository, workflow));
  },

  'actions/create-workflow-dispatch': async (request, repository) => {
    const body = request.body as DispatchBody;
    const name = textParam(request, 'workflow_id');
    named(await workflowsAt(repository, repository.defaultBranch), name);
    const sha = await findCommit(repository, body.ref.replace(/^refs\//, ''));
    if (sha === null) throw invalid(`No ref found for: ${body.ref}`);
    const workflow = named(await workflowsAt(repository, sha), name);
    checkInputs(workflow, body.inputs ?? {});
    const actor = actorIn(request);
    const runId = request.state.nextId();
    repository.workflowDispatches.push({
      runId,
      path: workflow.path,
      ref: body.ref,
      inputs: body.inputs ?? {},
      actor: actor.user,
      at: nowText(request.state),
    });
    const fields = { inputs: body.inputs ?? null, ref: body.ref, workflow: workflow.path };
    emitOn(request.state, actor, repository, { name: 'workflow_dispatch', action: null, fields });
    if (body.return_run_details !== true) return { status: 204 };
    return ok({
      workflow_run_id: runId,
      run_url: `${apiUrl(request.state, repository)}/actions/runs/${runId}`,
      html_url: `${webUrl(request.state, repository)}/actions/runs/${runId}`,
    });
  },

  'actions/download-job-logs-for-workflow-run': (request, repository) => {
    const id = idParam(request, 'job_id');
    const log = repository.checkRuns.find((run) => run.id === id)?.log ?? null;
    if (log === null) throw notFound();
    return { status: 200, text: log, headers: { 'content-type': 'text/plain; charset=utf-8' } };
  },
};

interface DispatchBody {
  ref: string;
  inputs?: Record<string, unknown>;
  return_run_details?: boolean;
}

async function workflowsAt(repository: Repository, ref: string): Promise<Workflow[]> {
  const folder = await repository.git.readPath(ref, FOLDER);
  if (folder?.type !== 'tree') return [];
  const files = (await repository.git.readTree(folder.sha, false)).filter((file) =>
    /\.ya?ml$/.test(file.path),
  );
  return Promise.all(
    files.map(async (file) => {
      const bytes = (await repository.git.readBlob(file.sha)) ?? new Uint8Array();
      const path = `${FOLDER}/${file.path}`;
      return {
        id: idOf(repository, path),
        path,
        ...declarationIn(Buffer.from(bytes).toString('utf8'), path),
      };
    }),
  );
}

function declarationIn(text: string, path: string): Pick<Workflow, 'name' | 'inputs'> {
  const document: unknown = parse(text);
  if (!isPlainObject(document)) return { name: path, inputs: null };
  const { on } = document;
  const name = typeof document.name === 'string' ? document.name : path;
  const events =
    typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(isPlainObject(on) ? on : {});
  if (!events.includes('workflow_dispatch')) return { name, inputs: null };
  const declared =
    isPlainObject(on) && isPlainObject(on.workflow_dispatch) ? on.workflow_dispatch.inputs : {};
  const inputs = Object.entries(isPlainObject(declared) ? declared : {}).map(([key, input]) => [
    key,
    { isRequired: isPlainObject(input) && input.required === true && input.default === undefined },
  ]);
  return { name, inputs: Object.fromEntries(inputs) };
}

function checkInputs(workflow: Workflow, inputs: Record<string, unknown>): void {
  const declared = workflow.inputs;
  if (declared === null) throw invalid("Workflow does not have 'workflow_dispatch' trigger");
  const unknown = Object.keys(inputs).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0) throw invalid(`Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  const missing = Object.keys(declared).find(
    (name) => declared[name]?.isRequired && !Object.hasOwn(inputs, name),
  );
  if (missing !== undefined) throw invalid(`Required input '${missing}' not provided`);
}

/** By file name or id, as the API takes either; throws 404. */
function named(workflows: Workflow[], name: string): Workflow {
  const found = workflows.find((entry) => entry.path === `${FOLDER}/${name}` || String(entry.id) === name);
  if (found === undefined) throw notFound();
  return found;
}

/** The same number for the same file of a repository. */
function idOf(repository: Repository, path: string): number {
  return createHash('sha256').update(`${repository.id}:${path}`).digest().readUInt32BE();
}

function workflowPayload(state: SimulatorState, repository: Repository, workflow: Workflow): Payload {
  const file = workflow.path.split('/').at(-1) ?? '';
  return {
    id: workflow.id,
    node_id: `W_${workflow.id}`,
    name: workflow.name,
    path: workflow.path,
    state: 'active',
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    url: `${apiUrl(state, repository)}/actions/workflows/${workflow.id}`,
    html_url: `${webUrl(state, repository)}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${webUrl(state, repository)}/actions/workflows/${file}/badge.svg`,
  };
}

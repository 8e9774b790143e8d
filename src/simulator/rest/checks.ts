import type { Annotation, CheckAction, CheckConclusion, CheckRun, CheckStatus } from '../check-model.ts';
import { forbidden, notFound } from '../errors.ts';
import type { Repository } from '../model.ts';
import { createCheckRun, updateCheckRun, type CheckRunInput } from '../operations/checks.ts';
import { checkRunPayload, checkSuitePayload } from '../payloads/check.ts';
import type { Payload } from '../payloads/account.ts';
import { apiUrl, repositoryPayload, webUrl } from '../payloads/repository.ts';
import { commitNamed } from './commit-names.ts';
import {
  appActorIn,
  idParam,
  ok,
  page,
  queryText,
  textParam,
  type RepositoryHandler,
  type RestRequest,
} from './request.ts';

interface CheckBody {
  name?: string;
  head_sha?: string;
  details_url?: string;
  external_id?: string;
  status?: CheckStatus;
  conclusion?: CheckConclusion;
  started_at?: string;
  completed_at?: string;
  output?: {
    title?: string;
    summary: string;
    text?: string;
    annotations?: (Partial<Annotation> & Pick<Annotation, 'path' | 'start_line' | 'end_line' | 'message'>)[];
  };
  actions?: CheckAction[];
}

/** Check runs and suites. Only Apps write them, and each only its own. */
export const checkHandlers: Record<string, RepositoryHandler> = {
  'checks/create': async (request, repository) => {
    const body = request.body as CheckBody;
    const run = await createCheckRun(request.state, appActorIn(request), repository, {
      ...inputOf(body),
      name: body.name ?? '',
      headSha: body.head_sha ?? '',
    });
    return { status: 201, body: checkRunPayload(request.state, repository, run) };
  },

  'checks/update': async (request, repository) => {
    const actor = appActorIn(request);
    const run = runIn(request, repository);
    if (run.appId !== actor.app.id)
      throw forbidden(
        'Invalid app_id `' +
          actor.app.id +
          '` - check run can only be modified by the GitHub App that created it.',
      );
    await updateCheckRun(request.state, actor, repository, run, inputOf(request.body as CheckBody));
    return ok(checkRunPayload(request.state, repository, run));
  },

  'checks/get': (request, repository) =>
    ok(checkRunPayload(request.state, repository, runIn(request, repository))),

  'checks/list-annotations': (request, repository) => {
    const run = runIn(request, repository);
    return page(request, run.annotations, (annotation) => ({
      ...annotation,
      blob_href: `${webUrl(request.state, repository)}/blob/${run.headSha}/${annotation.path}`,
    }));
  },

  'checks/list-for-ref': async (request, repository) => {
    const sha = await commitNamed(repository, textParam(request, 'ref'));
    return listRuns(
      request,
      repository,
      repository.checkRuns.filter((run) => run.headSha === sha),
    );
  },

  'checks/list-for-suite': (request, repository) => {
    const id = idParam(request, 'check_suite_id');
    return listRuns(
      request,
      repository,
      repository.checkRuns.filter((run) => run.suiteId === id),
    );
  },

  'checks/list-suites-for-ref': async (request, repository) => {
    const sha = await commitNamed(repository, textParam(request, 'ref'));
    const appId = queryText(request, 'app_id');
    const suites = repository.checkSuites.filter(
      (suite) => suite.headSha === sha && (appId === undefined || suite.appId === Number(appId)),
    );
    const payloads = await Promise.all(suites.map((suite) => fullSuite(request, repository, suite)));
    return page(
      request,
      payloads,
      (payload) => payload,
      (shown, total) => ({ total_count: total, check_suites: shown }),
    );
  },

  'checks/get-suite': async (request, repository) => {
    const id = idParam(request, 'check_suite_id');
    const suite = repository.checkSuites.find((entry) => entry.id === id);
    if (suite === undefined) throw notFound();
    return ok(await fullSuite(request, repository, suite));
  },
};

function runIn(request: RestRequest, repository: Repository): CheckRun {
  const id = idParam(request, 'check_run_id');
  const run = repository.checkRuns.find((entry) => entry.id === id);
  if (run === undefined) throw notFound();
  return run;
}

/** `filter=latest`, GitHub's default, shows only the newest run of each name and App. */
function listRuns(request: RestRequest, repository: Repository, all: CheckRun[]) {
  const name = queryText(request, 'check_name');
  const status = queryText(request, 'status');
  const appId = queryText(request, 'app_id');
  const isLatest = queryText(request, 'filter') !== 'all';
  const newest = new Map(all.map((run) => [`${run.appId} ${run.name}`, run.id]));
  const runs = all.filter(
    (run) =>
      (name === undefined || run.name === name) &&
      (status === undefined || run.status === status) &&
      (appId === undefined || run.appId === Number(appId)) &&
      (!isLatest || newest.get(`${run.appId} ${run.name}`) === run.id),
  );
  return page(
    request,
    runs.reverse(),
    (run) => checkRunPayload(request.state, repository, run),
    (shown, total) => ({ total_count: total, check_runs: shown }),
  );
}

async function fullSuite(
  request: RestRequest,
  repository: Repository,
  suite: Repository['checkSuites'][number],
): Promise<Payload> {
  const commit = await repository.git.readCommit(suite.headSha);
  const author = { name: commit?.author.name ?? '', email: commit?.author.email ?? '' };
  return {
    ...checkSuitePayload(request.state, repository, suite),
    repository: repositoryPayload(request.state, repository),
    check_runs_url: `${apiUrl(request.state, repository)}/check-suites/${suite.id}/check-runs`,
    head_commit: {
      id: suite.headSha,
      tree_id: commit?.tree ?? '',
      message: commit?.message ?? '',
      timestamp: commit?.author.date ?? suite.createdAt,
      author,
      committer: author,
    },
  };
}

function inputOf(body: CheckBody): CheckRunInput {
  const { annotations, ...output } = body.output ?? { summary: '' };
  return {
    name: body.name,
    externalId: body.external_id,
    detailsUrl: body.details_url,
    status: body.status,
    conclusion: body.conclusion,
    startedAt: body.started_at,
    completedAt: body.completed_at,
    output: body.output === undefined ? undefined : output,
    annotations: annotations?.map((annotation) => ({
      start_column: null,
      end_column: null,
      annotation_level: 'notice',
      title: null,
      raw_details: null,
      ...annotation,
    })),
    actions: body.actions,
  };
}

import type { CheckRun, CheckSuite, CommitStatus } from '../check-model.ts';
import type { Repository } from '../model.ts';
import type { SimulatorState } from '../state.ts';
import { appPayload, userPayload, type Payload } from './account.ts';
import { apiUrl, webUrl } from './repository.ts';

/** A check run as the Checks API shows it. */
export function checkRunPayload(state: SimulatorState, repository: Repository, run: CheckRun): Payload {
  const api = `${apiUrl(state, repository)}/check-runs/${run.id}`;
  const web = `${webUrl(state, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: run.nodeId,
    head_sha: run.headSha,
    external_id: run.externalId,
    url: api,
    html_url: web,
    details_url: run.detailsUrl ?? web,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      ...run.output,
      annotations_count: run.annotations.length,
      annotations_url: `${api}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: appOf(state, run.appId),
    pull_requests: pullReferences(state, repository, run.headSha),
  };
}

/** A check suite; `webhook` events carry it too. */
export function checkSuitePayload(state: SimulatorState, repository: Repository, suite: CheckSuite): Payload {
  const api = `${apiUrl(state, repository)}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: suite.nodeId,
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status: suite.status,
    conclusion: suite.conclusion,
    url: api,
    before: suite.before,
    after: suite.headSha,
    pull_requests: pullReferences(state, repository, suite.headSha),
    app: appOf(state, suite.appId),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: repository.checkRuns.filter((run) => run.suiteId === suite.id).length,
    check_runs_url: `${api}/check-runs`,
  };
}

/** A commit status of the older Statuses API. */
export function statusPayload(state: SimulatorState, repository: Repository, status: CommitStatus): Payload {
  const creator = state.users.get(status.creatorId);
  return {
    url: `${apiUrl(state, repository)}/statuses/${status.sha}`,
    avatar_url: creator === undefined ? null : `${state.url}/avatars/${creator.id}`,
    id: status.id,
    node_id: status.nodeId,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator: creator === undefined ? null : userPayload(state, creator),
  };
}

/** Open pull requests of the same repository with this head; GitHub lists none from forks. */
function pullReferences(state: SimulatorState, repository: Repository, headSha: string): Payload[] {
  const side = (ref: string, sha: string): Payload => ({
    ref,
    sha,
    repo: { id: repository.id, url: apiUrl(state, repository), name: repository.name },
  });
  return [...repository.issues.values()].flatMap(({ pull, state: issueState, number }) =>
    pull !== null &&
    issueState === 'open' &&
    pull.head.sha === headSha &&
    pull.head.repositoryId === repository.id
      ? [
          {
            url: `${apiUrl(state, repository)}/pulls/${number}`,
            id: pull.id,
            number,
            head: side(pull.head.ref, pull.head.sha),
            base: side(pull.base.ref, pull.base.sha),
          },
        ]
      : [],
  );
}

function appOf(state: SimulatorState, appId: number): Payload | null {
  const app = state.apps.get(appId);
  return app === undefined ? null : appPayload(state, app);
}

import type { CheckRun, CheckSuite } from '../check-model.ts';
import type { Comment, Issue, Repository, Review, ReviewComment } from '../model.ts';
import { organizationPayload, userPayload, type Payload } from '../payloads/account.ts';
import { checkRunPayload, checkSuitePayload } from '../payloads/check.ts';
import { commentPayload, issuePayload } from '../payloads/issue.ts';
import { fullPullPayload, pullPayload, reviewCommentPayload, reviewPayload } from '../payloads/pull.ts';
import { repositoryPayload } from '../payloads/repository.ts';
import type { Actor, SimulatorState } from '../state.ts';
import { measurePull } from './measure.ts';

/** Tells the Apps on a repository; `fields` stand beside `action`, `repository` and `sender`. */
export function emitOn(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  event: { name: string; action: string | null; fields: Payload; onlyAppId?: number },
): void {
  const { owner } = repository;
  state.emit({
    name: event.name,
    payload: {
      ...(event.action === null ? {} : { action: event.action }),
      ...event.fields,
      repository: repositoryPayload(state, repository),
      ...(owner.type === 'Organization' ? { organization: organizationPayload(state, owner) } : {}),
      sender: userPayload(state, actor.user),
    },
    audience: { kind: 'repository', repository },
    onlyAppId: event.onlyAppId ?? null,
  });
}

/** `issues.<action>`, or `pull_request.<action>` for a pull request. */
export async function emitIssue(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  action: string,
  extra: Payload = {},
): Promise<void> {
  if (issue.pull === null) {
    const fields = { issue: issuePayload(state, repository, issue), ...extra };
    emitOn(state, actor, repository, { name: 'issues', action, fields });
    return;
  }
  const measures = await measurePull(state, repository, issue);
  const fields = {
    number: issue.number,
    pull_request: fullPullPayload(state, repository, issue, measures),
    ...extra,
  };
  emitOn(state, actor, repository, { name: 'pull_request', action, fields });
}

/** `issue_comment.<action>`, on issues and pull requests alike. */
export function emitComment(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  comment: Comment,
  action: 'created' | 'edited' | 'deleted',
  extra: Payload = {},
): void {
  const fields = {
    issue: issuePayload(state, repository, issue),
    comment: commentPayload(state, repository, issue, comment),
    ...extra,
  };
  emitOn(state, actor, repository, { name: 'issue_comment', action, fields });
}

/** `pull_request_review.<action>`; its state is in small letters here, unlike in the API. */
export function emitReview(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  review: Review,
  action: 'submitted' | 'dismissed' | 'edited',
  more: Record<string, unknown> = {},
): void {
  const payload = reviewPayload(state, repository, issue, review);
  const fields = {
    review: { ...payload, state: review.state.toLowerCase() },
    pull_request: pullPayload(state, repository, issue),
    ...more,
  };
  emitOn(state, actor, repository, { name: 'pull_request_review', action, fields });
}

/** `pull_request_review_comment.created`. */
export function emitReviewComment(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  comment: ReviewComment,
): void {
  const fields = {
    comment: reviewCommentPayload(state, repository, issue, comment),
    pull_request: pullPayload(state, repository, issue),
  };
  emitOn(state, actor, repository, { name: 'pull_request_review_comment', action: 'created', fields });
}

/** `check_run.<action>`. Pressed buttons reach only the App that made the run. */
export function emitCheckRun(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  run: CheckRun,
  action: 'created' | 'completed' | 'requested_action',
  extra: Payload = {},
): void {
  const suite = repository.checkSuites.find((entry) => entry.id === run.suiteId);
  const payload = checkRunPayload(state, repository, run);
  const check_suite = suite === undefined ? null : checkSuitePayload(state, repository, suite);
  const fields = { check_run: { ...payload, check_suite }, ...extra };
  const receiver = action === 'requested_action' ? { onlyAppId: run.appId } : {};
  emitOn(state, actor, repository, { name: 'check_run', action, fields, ...receiver });
}

/** `check_suite.<action>`; `requested` reaches only the App whose suite it is. */
export async function emitCheckSuite(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  suite: CheckSuite,
  action: 'requested' | 'completed',
): Promise<void> {
  const commit = await repository.git.readCommit(suite.headSha);
  const { name = '', email = '', date = suite.createdAt } = commit?.author ?? {};
  const head_commit = {
    id: suite.headSha,
    tree_id: commit?.tree ?? '',
    message: commit?.message ?? '',
    timestamp: date,
    author: { name, email },
    committer: { name, email },
  };
  const fields = { check_suite: { ...checkSuitePayload(state, repository, suite), head_commit } };
  const receiver = action === 'completed' ? {} : { onlyAppId: suite.appId };
  emitOn(state, actor, repository, { name: 'check_suite', action, fields, ...receiver });
}

import type { CheckRun } from './check-model.ts';
import { checkRepository } from './authorise.ts';
import { invalid, notFound } from './errors.ts';
import type { Comment, Issue, ReactionContent, Repository, Review } from './model.ts';
import { assign, unassign } from './operations/assignees.ts';
import { commentWithId, createComment, deleteComment, editComment, react } from './operations/comments.ts';
import { emitCheckRun } from './operations/emit.ts';
import { closeIssue, editIssue, issueNumbered, openIssue, reopenIssue } from './operations/issues.ts';
import { labelIssue, unlabelIssue } from './operations/labels.ts';
import { mergePull } from './operations/merge.ts';
import { openPull, setDraft } from './operations/pulls.ts';
import { pushFiles, removeBranch } from './operations/push.ts';
import { createReview, editReview, reviewWithId, type ReviewInput } from './operations/reviews.ts';
import { ACCESS } from './rest/access.ts';
import { findRepository, findUser, type SimulatorState } from './state.ts';

/**
 * What a person does on GitHub's pages, as they may by their role. A repository is named `owner/name`. Each act
 * has the webhooks and the refusals (`GitHubError`) of the same request.
 */
export interface Person {
  openIssue(
    repository: string,
    input: { title: string; body?: string; labels?: string[]; assignees?: string[] },
  ): Promise<Issue>;
  editIssue(repository: string, number: number, input: { title?: string; body?: string }): Promise<void>;
  comment(repository: string, number: number, body: string): Comment;
  editComment(repository: string, commentId: number, body: string): void;
  deleteComment(repository: string, commentId: number): void;
  label(repository: string, number: number, ...labels: string[]): Promise<void>;
  unlabel(repository: string, number: number, label: string): Promise<void>;
  assign(repository: string, number: number, ...logins: string[]): Promise<void>;
  unassign(repository: string, number: number, ...logins: string[]): Promise<void>;
  close(repository: string, number: number, reason?: 'completed' | 'not_planned'): Promise<void>;
  reopen(repository: string, number: number): Promise<void>;
  react(repository: string, target: { issue: number } | { comment: number }, content: ReactionContent): void;
  /** Commits files (null removes) on a branch, made from the default branch where it is missing. */
  push(
    repository: string,
    branch: string,
    files: Record<string, string | null>,
    message?: string,
  ): Promise<string>;
  deleteBranch(repository: string, branch: string): Promise<void>;
  /** `head` is a branch, or `owner:branch` of a fork. */
  openPullRequest(
    repository: string,
    input: { title: string; body?: string; head: string; base?: string; draft?: boolean },
  ): Promise<Issue>;
  markReady(repository: string, number: number): Promise<void>;
  review(
    repository: string,
    number: number,
    input: Partial<Pick<ReviewInput, 'body' | 'comments' | 'commitSha'>> & Pick<ReviewInput, 'event'>,
  ): Promise<Review>;
  editReview(repository: string, number: number, reviewId: number, body: string): void;
  merge(repository: string, number: number): Promise<string>;
  /** Presses a button of a check run: `check_run.requested_action` to the App that made it. */
  pressButton(repository: string, checkRunId: number, identifier: string): void;
}

/** The acts of one account; throws where there is no such account. */
export function personNamed(state: SimulatorState, login: string): Person {
  const user = findUser(state, login);
  if (user === null) throw new Error(`nobody is called ${login}`);
  const actor = { user, app: null };
  const on = (name: string, operationId: string): Repository => {
    const [owner = '', short = ''] = name.split('/');
    const repository = findRepository(state, owner, short);
    const access = ACCESS[operationId];
    if (repository === null || access?.kind !== 'repository') throw notFound();
    checkRepository(state, { kind: 'person', user, token: '' }, repository, access);
    return repository;
  };
  return {
    openIssue: (name, { title, body, labels = [], assignees = [] }) =>
      openIssue(state, actor, on(name, 'issues/create'), { title, body: body ?? null, labels, assignees }),
    editIssue: (name, number, input) => {
      const repository = on(name, 'issues/update');
      return editIssue(state, actor, repository, issueNumbered(repository, number), input);
    },
    comment: (name, number, body) => {
      const repository = on(name, 'issues/create-comment');
      return createComment(state, actor, repository, issueNumbered(repository, number), body);
    },
    editComment: (name, commentId, body) => {
      const repository = on(name, 'issues/update-comment');
      const { issue, comment } = commentWithId(repository, commentId);
      editComment(state, actor, repository, issue, comment, body);
    },
    deleteComment: (name, commentId) => {
      const repository = on(name, 'issues/delete-comment');
      const { issue, comment } = commentWithId(repository, commentId);
      deleteComment(state, actor, repository, issue, comment);
    },
    label: (name, number, ...labels) => {
      const repository = on(name, 'issues/add-labels');
      return labelIssue(state, actor, repository, issueNumbered(repository, number), labels);
    },
    unlabel: (name, number, label) => {
      const repository = on(name, 'issues/remove-label');
      return unlabelIssue(state, actor, repository, issueNumbered(repository, number), label);
    },
    assign: (name, number, ...logins) => {
      const repository = on(name, 'issues/add-assignees');
      return assign(state, actor, repository, issueNumbered(repository, number), logins);
    },
    unassign: (name, number, ...logins) => {
      const repository = on(name, 'issues/remove-assignees');
      return unassign(state, actor, repository, issueNumbered(repository, number), logins);
    },
    close: (name, number, reason = 'completed') => {
      const repository = on(name, 'issues/update');
      return closeIssue(state, actor, repository, issueNumbered(repository, number), reason);
    },
    reopen: (name, number) => {
      const repository = on(name, 'issues/update');
      return reopenIssue(state, actor, repository, issueNumbered(repository, number));
    },
    react: (name, target, content) => {
      const repository = on(name, 'reactions/create-for-issue');
      const { reactions } =
        'issue' in target
          ? issueNumbered(repository, target.issue)
          : commentWithId(repository, target.comment).comment;
      react(state, user, reactions, content);
    },
    push: (name, branch, files, message = 'Change files') =>
      pushFiles(state, actor, on(name, 'git/update-ref'), { branch, files, message }),
    deleteBranch: (name, branch) => removeBranch(state, actor, on(name, 'git/delete-ref'), branch),
    openPullRequest: (name, input) => {
      const repository = on(name, 'pulls/create');
      return openPull(state, actor, repository, {
        title: input.title,
        body: input.body ?? null,
        head: input.head,
        base: input.base ?? repository.defaultBranch,
        isDraft: input.draft ?? false,
      });
    },
    markReady: (name, number) => {
      const repository = on(name, 'pulls/update');
      return setDraft(state, actor, repository, issueNumbered(repository, number), false);
    },
    review: (name, number, { event, body = '', comments = [], commitSha }) => {
      const repository = on(name, 'pulls/create-review');
      const input = { event, body, comments, commitSha };
      return createReview(state, actor, repository, issueNumbered(repository, number), input);
    },
    editReview: (name, number, reviewId, body) => {
      const repository = on(name, 'pulls/create-review');
      const issue = issueNumbered(repository, number);
      editReview(state, actor, repository, issue, reviewWithId(issue, reviewId, user.id), body);
    },
    merge: (name, number) => {
      const repository = on(name, 'pulls/merge');
      const input = { method: 'merge', sha: undefined, title: undefined, message: undefined } as const;
      return mergePull(state, actor, repository, issueNumbered(repository, number), input);
    },
    pressButton: (name, checkRunId, identifier) => {
      const repository = on(name, 'checks/get');
      const run = buttonRun(repository, checkRunId, identifier);
      emitCheckRun(state, actor, repository, run, 'requested_action', { requested_action: { identifier } });
    },
  };
}

function buttonRun(repository: Repository, checkRunId: number, identifier: string): CheckRun {
  const run = repository.checkRuns.find((entry) => entry.id === checkRunId);
  if (run === undefined) throw notFound();
  if (!run.actions.some((action) => action.identifier === identifier)) {
    throw invalid(`The check run shows no button ${identifier}`);
  }
  return run;
}

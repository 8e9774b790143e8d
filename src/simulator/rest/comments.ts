import { commentWithId, createComment, deleteComment, editComment, react } from '../operations/comments.ts';
import { issueNumbered } from '../operations/issues.ts';
import type { Reaction, ReactionContent } from '../model.ts';
import { commentPayload, reactionPayload } from '../payloads/issue.ts';
import { notFound } from '../errors.ts';
import {
  actorIn,
  idParam,
  ok,
  page,
  queryText,
  type RepositoryHandler,
  type RestAnswer,
  type RestRequest,
} from './request.ts';

/** Comments on issues and pull requests, and reactions. */
export const commentHandlers: Record<string, RepositoryHandler> = {
  'issues/list-comments': (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    const comments = issue.comments.filter((comment) => isSince(request, comment.updatedAt));
    return page(request, comments, (comment) => commentPayload(request.state, repository, issue, comment));
  },

  'issues/list-comments-for-repo': (request, repository) => {
    const key = queryText(request, 'sort') === 'updated' ? 'updatedAt' : 'createdAt';
    const isDescending = queryText(request, 'direction') === 'desc';
    const comments = [...repository.issues.values()]
      .flatMap((issue) => issue.comments.map((comment) => ({ issue, comment })))
      .filter(({ comment }) => isSince(request, comment.updatedAt))
      .sort(
        (left, right) =>
          left.comment[key].localeCompare(right.comment[key]) || left.comment.id - right.comment.id,
      );
    return page(request, isDescending ? comments.reverse() : comments, ({ issue, comment }) =>
      commentPayload(request.state, repository, issue, comment),
    );
  },

  'issues/create-comment': (request, repository) => {
    const issue = issueNumbered(repository, idParam(request, 'issue_number'));
    const { body } = request.body as { body: string };
    const comment = createComment(request.state, actorIn(request), repository, issue, body);
    return { status: 201, body: commentPayload(request.state, repository, issue, comment) };
  },

  'issues/get-comment': (request, repository) => {
    const { issue, comment } = commentWithId(repository, idParam(request, 'comment_id'));
    return ok(commentPayload(request.state, repository, issue, comment));
  },

  'issues/update-comment': (request, repository) => {
    const { issue, comment } = commentWithId(repository, idParam(request, 'comment_id'));
    const { body } = request.body as { body: string };
    editComment(request.state, actorIn(request), repository, issue, comment, body);
    return ok(commentPayload(request.state, repository, issue, comment));
  },

  'issues/delete-comment': (request, repository) => {
    const { issue, comment } = commentWithId(repository, idParam(request, 'comment_id'));
    deleteComment(request.state, actorIn(request), repository, issue, comment);
    return { status: 204 };
  },

  'reactions/list-for-issue': (request, repository) => {
    const { reactions } = issueNumbered(repository, idParam(request, 'issue_number'));
    return page(request, reactions, (reaction) => reactionPayload(request.state, reaction));
  },

  'reactions/create-for-issue': (request, repository) =>
    addReaction(request, issueNumbered(repository, idParam(request, 'issue_number')).reactions),

  'reactions/list-for-issue-comment': (request, repository) => {
    const { reactions } = commentWithId(repository, idParam(request, 'comment_id')).comment;
    return page(request, reactions, (reaction) => reactionPayload(request.state, reaction));
  },

  'reactions/create-for-issue-comment': (request, repository) =>
    addReaction(request, commentWithId(repository, idParam(request, 'comment_id')).comment.reactions),

  'reactions/create-for-pull-request-review-comment': (request, repository) => {
    const id = idParam(request, 'comment_id');
    const found = [...repository.issues.values()]
      .flatMap((issue) => issue.pull?.reviewComments ?? [])
      .find((comment) => comment.id === id);
    if (found === undefined) throw notFound();
    return addReaction(request, found.reactions);
  },
};

function addReaction(request: RestRequest, reactions: Reaction[]): RestAnswer {
  const { content } = request.body as { content: ReactionContent };
  const { reaction, isNew } = react(request.state, actorIn(request).user, reactions, content);
  return { status: isNew ? 201 : 200, body: reactionPayload(request.state, reaction) };
}

function isSince(request: RestRequest, updatedAt: string): boolean {
  const since = queryText(request, 'since');
  return since === undefined || Date.parse(updatedAt) >= Date.parse(since);
}

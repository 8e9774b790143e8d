import { forbidden, invalidField, notFound } from '../errors.ts';
import type { Comment, Issue, Reaction, ReactionContent, Repository, User } from '../model.ts';
import { nodeIdOf } from '../node-ids.ts';
import { hasRole, roleOf } from '../roles.ts';
import { nowText, type Actor, type SimulatorState } from '../state.ts';
import { emitComment } from './emit.ts';
import { recordEvent } from './issue-events.ts';
import { checkBody } from './issues.ts';

/** Writes a comment: `issue_comment.created`. */
export function createComment(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  body: string,
): Comment {
  checkComment(body);
  if (issue.isLocked && !mayModerate(repository, actor)) {
    throw forbidden('Unable to create comment because issue is locked.');
  }
  const id = state.nextId();
  const at = nowText(state);
  const comment: Comment = {
    id,
    nodeId: nodeIdOf('comment', id),
    author: actor.user,
    app: actor.app,
    body,
    reactions: [],
    createdAt: at,
    updatedAt: at,
    lastEditedAt: null,
    editor: null,
    isMinimized: false,
  };
  issue.comments.push(comment);
  issue.updatedAt = at;
  emitComment(state, actor, repository, issue, comment, 'created');
  return comment;
}

/** Changes a comment: `issue_comment.edited` with the text from before. Authors and writers only. */
export function editComment(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  comment: Comment,
  body: string,
): void {
  checkComment(body);
  checkMayChange(repository, actor, comment.author);
  const from = comment.body;
  if (from === body) return;
  comment.body = body;
  comment.updatedAt = nowText(state);
  comment.lastEditedAt = comment.updatedAt;
  comment.editor = actor.user;
  const changes = { body: { from } };
  emitComment(state, actor, repository, issue, comment, 'edited', { changes });
}

/** Removes a comment: `issue_comment.deleted`. Authors and writers only. */
export function deleteComment(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  comment: Comment,
): void {
  checkMayChange(repository, actor, comment.author);
  issue.comments = issue.comments.filter((entry) => entry !== comment);
  recordEvent(state, actor, issue, { event: 'comment_deleted', deletedAuthor: comment.author });
  emitComment(state, actor, repository, issue, comment, 'deleted');
}

/** The comment of that id and the issue that it stands on; throws 404. */
export function commentWithId(repository: Repository, id: number): { issue: Issue; comment: Comment } {
  for (const issue of repository.issues.values()) {
    const comment = issue.comments.find((entry) => entry.id === id);
    if (comment !== undefined) return { issue, comment };
  }
  throw notFound();
}

/** Adds a reaction; repeating one's own is no new one. GitHub sends no webhook for reactions. */
export function react(
  state: SimulatorState,
  user: User,
  reactions: Reaction[],
  content: ReactionContent,
): { reaction: Reaction; isNew: boolean } {
  const known = reactions.find((entry) => entry.user.id === user.id && entry.content === content);
  if (known !== undefined) return { reaction: known, isNew: false };
  const id = state.nextId();
  const reaction = { id, nodeId: nodeIdOf('reaction', id), user, content, createdAt: nowText(state) };
  reactions.push(reaction);
  return { reaction, isNew: true };
}

function checkComment(body: string): void {
  if (body.trim() === '') throw invalidField('IssueComment', 'body', 'missing_field', "body can't be blank");
  checkBody('IssueComment', body);
}

/** Apps got this far by their permission; people need a role to touch what others wrote. */
function mayModerate(repository: Repository, actor: Actor): boolean {
  return actor.app !== null || hasRole(roleOf(repository, actor.user), 'write');
}

function checkMayChange(repository: Repository, actor: Actor, author: User): void {
  if (author.id === actor.user.id || mayModerate(repository, actor)) return;
  throw forbidden('Must have admin rights to Repository.');
}

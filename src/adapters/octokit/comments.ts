import type { CommentFacts, GitHub } from '../../ports/github.ts';
import { toActor } from './actor.ts';
import { mutate, type Octokit } from './client.ts';
import { collect, type Connection, orNull, PAGE_SIZE } from './connection.ts';

type CommentArea = Pick<GitHub, 'listComments' | 'getComment' | 'createComment' | 'updateComment' | 'react'>;

const MAX_COMMENTS = 3000;

const ADD_REACTION = `mutation ($subjectId: ID!, $content: ReactionContent!) {
  addReaction(input: { subjectId: $subjectId, content: $content }) { clientMutationId }
}`;

/** Comments of issues and pull requests, and reactions on anything that has a node id. */
export function createCommentArea({ octokit, repository }: Connection): CommentArea {
  const { issues } = octokit.rest;
  const at = async (commentId: number) => ({ ...(await repository.name()), comment_id: commentId });
  return {
    async listComments(number, since) {
      const where = { ...(await repository.name()), issue_number: number, per_page: PAGE_SIZE };
      const pages = octokit.paginate.iterator(issues.listComments, {
        ...where,
        ...(since === null ? {} : { since }),
      });
      return (await collect(pages, MAX_COMMENTS)).map(toComment);
    },

    async getComment(commentId) {
      const answer = await orNull(issues.getComment(await at(commentId)));
      return answer === null ? null : toComment(answer.data);
    },

    async createComment(number, body) {
      const where = { ...(await repository.name()), issue_number: number };
      return toComment((await issues.createComment({ ...where, body })).data);
    },

    async updateComment(commentId, body) {
      return toComment((await issues.updateComment({ ...(await at(commentId)), body })).data);
    },

    async react(nodeId, content) {
      const variables = { subjectId: nodeId, content: content === 'eyes' ? 'EYES' : 'CONFUSED' };
      await mutate(octokit, 'addReaction', ADD_REACTION, variables);
    },
  };
}

type CommentAnswer = Awaited<ReturnType<Octokit['rest']['issues']['getComment']>>['data'];

function toComment(comment: CommentAnswer): CommentFacts {
  return {
    id: comment.id,
    nodeId: comment.node_id,
    body: comment.body ?? '',
    author: toActor(comment.user),
    url: comment.html_url,
    createdAt: comment.created_at,
    updatedAt: comment.updated_at,
  };
}

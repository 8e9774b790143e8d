import { react } from '../operations/comments.ts';
import { emitOn } from '../operations/emit.ts';
import { setDraft } from '../operations/pulls.ts';
import { reactionsOf } from '../node-ids.ts';
import type { Node } from '../node-ids.ts';
import { pullPayload, reviewCommentPayload } from '../payloads/pull.ts';
import { createCommitOnBranch } from './commit-on-branch.ts';
import { checkWrite, visibleNode } from './context.ts';
import type { Fields, GraphqlContext } from './context.ts';
import { noNode } from './errors.ts';
import { commentFields, issueFields } from './issues.ts';
import { nodeFields, visibleThread } from './nodes.ts';
import { reactionContent, reactionFields } from './reactions.ts';
import { resolveThread, threadFields } from './reviews.ts';
import { updateRefs } from './update-refs.ts';

/** The fields of `mutation { … }`; each changes the state and tells the Apps what REST would tell. */
export function mutationFields(context: GraphqlContext): Fields {
  return {
    addReaction: mutation(context, addReaction),
    convertPullRequestToDraft: mutation(context, (ctx, input: PullInput) => changeDraft(ctx, input, true)),
    createCommitOnBranch: mutation(context, createCommitOnBranch),
    markPullRequestReadyForReview: mutation(context, (ctx, input: PullInput) =>
      changeDraft(ctx, input, false),
    ),
    minimizeComment: mutation(context, minimizeComment),
    resolveReviewThread: mutation(context, resolveReviewThread),
    updateRefs: mutation(context, updateRefs),
  };
}

type PullInput = { pullRequestId: string };

/** Every mutation takes one `input` and gives its `clientMutationId` back. */
function mutation<Input>(
  context: GraphqlContext,
  run: (context: GraphqlContext, input: Input) => Fields | Promise<Fields>,
): (args: { input: Input & { clientMutationId?: string | null } }) => Promise<Fields> {
  return async ({ input }) => ({
    ...(await run(context, input)),
    clientMutationId: input.clientMutationId ?? null,
  });
}

function addReaction(context: GraphqlContext, input: { subjectId: string; content: string }): Fields {
  const node = visibleNode(context, input.subjectId);
  const reactions = reactionsOf(node);
  const content = reactionContent(input.content);
  if (reactions === null || node.kind === 'user' || content === null) throw noNode(input.subjectId);
  checkWrite(context, node.repository, 'read', ...reactingPermissions(node));
  const { reaction } = react(context.state, context.actor.user, reactions, content);
  return { reaction: reactionFields(context, reaction), subject: nodeFields(context, node) };
}

function reactingPermissions(node: Node): ('issues' | 'pull_requests')[] {
  if (node.kind === 'issue') return ['issues'];
  return node.kind === 'comment' ? ['issues', 'pull_requests'] : ['pull_requests'];
}

async function changeDraft(context: GraphqlContext, input: PullInput, isDraft: boolean): Promise<Fields> {
  const { state, actor } = context;
  const node = visibleNode(context, input.pullRequestId);
  if (node.kind !== 'pullRequest') throw noNode(input.pullRequestId);
  const { repository, issue } = node;
  checkWrite(context, repository, issue.author === actor.user ? 'read' : 'write', 'pull_requests');
  await setDraft(state, actor, repository, issue, isDraft);
  return { pullRequest: issueFields(context, repository, issue) };
}

function minimizeComment(context: GraphqlContext, input: { subjectId: string; classifier: string }): Fields {
  const node = visibleNode(context, input.subjectId);
  if (node.kind !== 'comment') throw noNode(input.subjectId);
  const { repository, issue, comment } = node;
  const role = comment.author === context.actor.user ? 'read' : 'triage';
  checkWrite(context, repository, role, 'issues', 'pull_requests');
  comment.isMinimized = true;
  const minimizedReason = input.classifier.toLowerCase().replace('_', '-');
  return { minimizedComment: { ...commentFields(context, repository, issue, comment), minimizedReason } };
}

/** GitHub asks Apps for write on contents here, not on pull requests. */
function resolveReviewThread(context: GraphqlContext, input: { threadId: string }): Fields {
  const { state, actor } = context;
  const { repository, issue, thread } = visibleThread(context, input.threadId);
  const role = issue.author === actor.user ? 'read' : 'write';
  checkWrite(context, repository, role, 'contents');
  if (resolveThread(thread, actor.user)) {
    const comments = thread.comments.map((entry) => reviewCommentPayload(state, repository, issue, entry));
    const fields = {
      pull_request: pullPayload(state, repository, issue),
      thread: { node_id: thread.id, comments },
    };
    emitOn(state, actor, repository, { name: 'pull_request_review_thread', action: 'resolved', fields });
  }
  return { thread: threadFields(context, repository, issue, thread) };
}

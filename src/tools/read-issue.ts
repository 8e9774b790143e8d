import { z } from 'zod';
import type { Actor } from '../domain/actor.ts';
import type { CommentFacts } from '../ports/github.ts';
import { toolError, toolText, type Tool } from '../ports/tool.ts';
import { cutEnd, MAX_RESULT_CHARACTERS } from './cut-text.ts';
import { defineTool } from './define-tool.ts';
import { taintOfTexts } from './strangers.ts';
import type { ToolDeps } from './tool-deps.ts';

const MAX_BODY_CHARACTERS = 8000;
const MAX_COMMENT_CHARACTERS = 3000;

const input = z.strictObject({
  number: z.int().min(1).optional().describe('The issue or pull request; the one you work for by default.'),
});

export function readIssueTool(deps: ToolDeps): Tool {
  return defineTool({
    name: 'read_issue',
    description:
      'Reads an issue or the conversation of a pull request: title, body, labels and comments. ' +
      'Comments written or edited after you were asked are left out.',
    input,
    run: async ({ number = deps.subject.number }) => {
      const issue = await deps.github.getIssue(number);
      if (issue === null)
        return toolError(`There is no issue or pull request #${number} in this repository.`);
      const comments = (await deps.github.listComments(number, null)).filter(
        (comment) => !isTracking(deps, comment),
      );
      const readable = comments.filter((comment) => isSettled(comment, deps.triggerAt));
      const { shown, left } = newestWithinLimit(readable, MAX_RESULT_CHARACTERS - MAX_BODY_CHARACTERS);
      const body = cutEnd(issue.body, MAX_BODY_CHARACTERS);
      const text = [
        `#${number} (${issue.isPullRequest ? 'pull request' : 'issue'}, ${issue.state})`,
        deps.quote(
          `${issue.title}\n\n${body}\n\nLabels: ${issue.labels.join(', ') || 'none'}`,
          by(issue.author),
        ),
        ...remarks(left, comments.length - readable.length),
        ...shown.map((comment) => deps.quote(comment.text, `${by(comment.author)} on ${comment.createdAt}`)),
      ].join('\n\n');
      return toolText(text, { taint: await taintOfTexts(deps, [issue, ...shown], `#${number}`) });
    },
  });
}

/** Our own running commentary says nothing about the subject. */
function isTracking({ github }: ToolDeps, comment: CommentFacts): boolean {
  return comment.author.login === github.identity.login && comment.body.includes('<!-- muster:run=');
}

function isSettled(comment: CommentFacts, triggerAt: string): boolean {
  const limit = Date.parse(triggerAt);
  return Date.parse(comment.createdAt) <= limit && Date.parse(comment.updatedAt) <= limit;
}

/** The newest comments that fit, oldest first. */
function newestWithinLimit(comments: readonly CommentFacts[], limit: number) {
  const shown: { nodeId: string; author: Actor; createdAt: string; text: string }[] = [];
  let characters = 0;
  for (const { nodeId, author, createdAt, body } of comments.toReversed()) {
    const text = cutEnd(body, MAX_COMMENT_CHARACTERS);
    characters += text.length;
    if (characters > limit) break;
    shown.unshift({ nodeId, author, createdAt, text });
  }
  return { shown, left: comments.length - shown.length };
}

function remarks(left: number, tooNew: number): string[] {
  return [
    ...(left > 0 ? [`[cut: ${left} older comments]`] : []),
    ...(tooNew > 0
      ? [`[${tooNew} comments were written or edited after you were asked and are not shown]`]
      : []),
  ];
}

function by(author: Actor): string {
  return `@${author.login}`;
}

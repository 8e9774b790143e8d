import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import { defineTool } from './define-tool.ts';
import { bodySchema, PROPOSED } from './proposal-text.ts';

const comment = z.strictObject({
  path: z.string().min(1).describe('A file of the pull request.'),
  line: z.int().min(1).describe('A line of its new version that the diff shows.'),
  body: bodySchema,
});

const input = z.strictObject({
  event: z
    .enum(['COMMENT', 'APPROVE', 'REQUEST_CHANGES'])
    .describe('APPROVE and REQUEST_CHANGES wait until a person approves them.'),
  body: bodySchema,
  comments: z.array(comment).max(50).default([]).describe('Remarks on lines.'),
});

export function proposeReviewTool(): Tool {
  return defineTool({
    name: 'propose_review',
    description: 'Proposes a review of the pull request that you work for, with remarks on its lines.',
    input,
    run: async (review) => toolText(PROPOSED, { proposal: { kind: 'review', ...review } }),
  });
}

import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import { defineTool } from './define-tool.ts';
import { bodySchema, PROPOSED } from './proposal-text.ts';

const input = z.strictObject({ body: bodySchema });

export function proposeCommentTool(): Tool {
  return defineTool({
    name: 'propose_comment',
    description: 'Proposes a comment on the issue or pull request that you work for.',
    input,
    run: async ({ body }) => toolText(PROPOSED, { proposal: { kind: 'comment', body } }),
  });
}

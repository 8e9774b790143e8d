import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import { defineTool } from './define-tool.ts';
import { bodySchema, PROPOSED, titleSchema } from './proposal-text.ts';

const input = z.strictObject({
  title: titleSchema,
  body: bodySchema,
  labels: z.array(z.string().trim().min(1).max(50)).max(20).default([]),
});

export function proposeIssueTool(): Tool {
  return defineTool({
    name: 'propose_issue',
    description: 'Proposes a new issue in this repository.',
    input,
    run: async (issue) => toolText(PROPOSED, { proposal: { kind: 'issue', ...issue } }),
  });
}

import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import { defineTool } from './define-tool.ts';
import { PROPOSED } from './proposal-text.ts';

const input = z.strictObject({ reason: z.enum(['completed', 'not_planned']) });

export function proposeCloseTool(): Tool {
  return defineTool({
    name: 'propose_close',
    description: 'Proposes to close the issue or pull request that you work for.',
    input,
    run: async ({ reason }) => toolText(PROPOSED, { proposal: { kind: 'close', reason } }),
  });
}

import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import { defineTool } from './define-tool.ts';

const input = z.strictObject({
  reason: z.string().min(1).max(2000).describe('Why there is nothing to do; people read it.'),
});

export function noopTool(): Tool {
  return defineTool({
    name: 'noop',
    description:
      'Says that nothing needs to be done, and why. Call it instead of proposing something needless.',
    input,
    run: async ({ reason }) => toolText('Recorded. Stop now.', { end: { kind: 'noop', reason } }),
  });
}

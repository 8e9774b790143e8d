import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import { defineTool } from './define-tool.ts';

const input = z.strictObject({
  items: z
    .array(z.strictObject({ text: z.string().min(1).max(200), done: z.boolean() }))
    .min(1)
    .max(20)
    .describe('The whole list, in order: it takes the place of the one before.'),
});

export function planTool(): Tool {
  return defineTool({
    name: 'plan',
    description: 'Shows people your checklist. Call it again with the whole list when an item is done.',
    input,
    run: async ({ items }) =>
      toolText('The checklist is shown.', {
        plan: items.map(({ text, done }) => ({ text, isDone: done })),
      }),
  });
}

import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import { defineTool } from './define-tool.ts';

const input = z.strictObject({
  text: z.string().min(1).max(1000).describe('One thing, in a sentence that stands by itself.'),
  kind: z.enum(['fact', 'convention', 'decision']),
});

export function noteTool(): Tool {
  return defineTool({
    name: 'note',
    description: 'Keeps something about this repository that later runs will need and code does not say.',
    input,
    run: async (note) => toolText('Noted; it is kept when the run is published.', { note }),
  });
}

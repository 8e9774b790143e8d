import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import { defineTool } from './define-tool.ts';

const input = z.strictObject({
  what: z.string().min(1).max(500).describe('The tool, permission or fact that you lack.'),
  why: z.string().min(1).max(2000).describe('What you needed it for, and what you tried.'),
});

export function missingTool(): Tool {
  return defineTool({
    name: 'missing',
    description: 'Says that the work can not be done because something is missing. Never guess instead.',
    input,
    run: async ({ what, why }) => toolText('Recorded. Stop now.', { end: { kind: 'missing', what, why } }),
  });
}

import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import type { Workspace } from '../ports/workspace.ts';
import { defineTool } from './define-tool.ts';

const input = z.strictObject({
  path: z.string().describe('Relative to the root of the repository; folders are made as needed.'),
  content: z.string().max(500_000).describe('The whole content.'),
});

export function writeFileTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'write_file',
    description:
      'Writes a whole file, new or in place of what is there. For a change of a part use edit_file.',
    input,
    run: async ({ path, content }) => {
      await workspace.writeFile(path, content);
      return toolText(`Wrote \`${path}\`, ${content.length} characters.`, {
        changes: await workspace.changes([path]),
      });
    },
  });
}

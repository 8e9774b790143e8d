import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import type { Workspace } from '../ports/workspace.ts';
import { defineTool } from './define-tool.ts';

const input = z.strictObject({
  path: z.string().describe('One file, relative to the root of the repository.'),
});

export function deleteFileTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'delete_file',
    description: 'Deletes one file.',
    input,
    run: async ({ path }) => {
      await workspace.deleteFile(path);
      return toolText(`Deleted \`${path}\`.`, { changes: await workspace.changes([path]) });
    },
  });
}

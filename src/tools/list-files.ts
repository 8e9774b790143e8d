import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import type { Workspace } from '../ports/workspace.ts';
import { MAX_RESULT_CHARACTERS } from './cut-text.ts';
import { defineTool } from './define-tool.ts';
import type { ToolDeps } from './tool-deps.ts';
import { workspaceText } from './workspace-text.ts';

const input = z.strictObject({
  glob: z
    .string()
    .optional()
    .describe('Which files, e.g. `src/**/*.{ts,tsx}`; `*.md` means in any folder, `docs` all of a folder.'),
});

export function listFilesTool(workspace: Workspace, deps: ToolDeps): Tool {
  return defineTool({
    name: 'list_files',
    description: 'Lists the files of the repository, sorted, without those that git ignores.',
    input,
    run: async ({ glob }) => {
      const files = await workspace.listFiles(glob);
      if (files.length === 0) return toolText(glob === undefined ? 'No files yet.' : 'No file matches.');
      return workspaceText(deps, withinLimit(files));
    },
  });
}

function withinLimit(files: readonly string[]): string {
  let characters = 0;
  const count = files.findIndex((file) => (characters += file.length + 1) > MAX_RESULT_CHARACTERS);
  if (count === -1) return files.join('\n');
  const left = files.length - count;
  return [
    ...files.slice(0, count),
    `[cut: ${left} of ${files.length} files are left; use a narrower glob]`,
  ].join('\n');
}

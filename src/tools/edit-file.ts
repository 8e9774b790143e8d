import { z } from 'zod';
import { toolError, toolText, type Tool } from '../ports/tool.ts';
import type { Workspace } from '../ports/workspace.ts';
import { defineTool } from './define-tool.ts';
import { findPlace, lineAt } from './find-place.ts';
import type { ToolDeps } from './tool-deps.ts';
import { workspaceText } from './workspace-text.ts';

const input = z.strictObject({
  path: z.string().describe('Relative to the root of the repository.'),
  search: z
    .string()
    .min(1)
    .describe('What to replace: copied exactly, with its indentation, and unique in the file.'),
  replace: z.string().describe('What to put in its place; empty to take it out.'),
});

export function editFileTool(workspace: Workspace, deps: ToolDeps): Tool {
  return defineTool({
    name: 'edit_file',
    description:
      'Replaces a text that stands exactly once in a file. Line ends are kept as the file has them. ' +
      'For a new file or a whole new content use write_file.',
    input,
    run: async ({ path, search, replace }) => {
      const content = await workspace.readFile(path);
      if (content === null) return toolError(`There is no file \`${path}\`. write_file makes new files.`);
      const toFile = lineEndsOf(content);
      const place = findPlace(content, toFile(search));
      if (place.kind === 'not_found') {
        const { text, taint } = workspaceText(deps, place.hint);
        return {
          ...toolError(`\`search\` was not found once in \`${path}\`, which is unchanged. ${text}`),
          taint,
        };
      }
      const replacement = toFile(replace);
      const edited = content.slice(0, place.start) + replacement + content.slice(place.end);
      if (edited === content) return toolError('`search` and `replace` are the same: nothing changed.');
      await workspace.writeFile(path, edited);
      const from = lineAt(content, place.start);
      const to = from + replacement.split('\n').length - 1;
      return toolText(`Edited \`${path}\`, now lines ${from} to ${to}.`, {
        changes: await workspace.changes([path]),
      });
    },
  });
}

/** Models write `\n`; a file with Windows line ends throughout gets its own. */
function lineEndsOf(content: string): (text: string) => string {
  const isCrlf = content.includes('\r\n') && !/(?<!\r)\n/.test(content);
  return (text) => (isCrlf ? text.replaceAll(/\r?\n/g, '\r\n') : text);
}

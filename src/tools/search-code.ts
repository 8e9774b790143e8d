import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import type { Workspace } from '../ports/workspace.ts';
import { cutEnd, MAX_RESULT_CHARACTERS } from './cut-text.ts';
import { defineTool } from './define-tool.ts';
import type { ToolDeps } from './tool-deps.ts';
import { workspaceText } from './workspace-text.ts';

const MAX_HITS = 200;

const input = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .describe('A POSIX extended regular expression: `[0-9]`, not `\\d`; `\\(` for a bracket itself.'),
  glob: z.string().optional().describe('Which files, e.g. `src/**/*.ts`; all by default.'),
});

export function searchCodeTool(workspace: Workspace, deps: ToolDeps): Tool {
  return defineTool({
    name: 'search_code',
    description: 'Searches the text files of the repository line by line. Answers `path:line: text`.',
    input,
    run: async ({ pattern, glob }) => {
      const hits = await workspace.search(pattern, glob, MAX_HITS + 1);
      if (hits.length === 0) return toolText('No line matches.');
      const rows = hits.slice(0, MAX_HITS).map((hit) => `${hit.path}:${hit.line}: ${hit.text}`);
      if (hits.length > MAX_HITS) rows.push(`[cut: more than ${MAX_HITS} lines match; narrow it down]`);
      return workspaceText(
        deps,
        cutEnd(rows.join('\n'), MAX_RESULT_CHARACTERS, 'use a narrower pattern or glob'),
      );
    },
  });
}

import { z } from 'zod';
import { toolError, type Tool } from '../ports/tool.ts';
import type { Workspace } from '../ports/workspace.ts';
import { cutEnd, MAX_RESULT_CHARACTERS } from './cut-text.ts';
import { defineTool } from './define-tool.ts';
import type { ToolDeps } from './tool-deps.ts';
import { workspaceText } from './workspace-text.ts';

const MAX_LINE_CHARACTERS = 2000;

const input = z.strictObject({
  path: z.string().describe('Relative to the root of the repository, e.g. `src/index.ts`.'),
  from_line: z.int().min(1).optional().describe('First line to read, from 1.'),
  to_line: z.int().min(1).optional().describe('Last line to read.'),
});

export function readFileTool(workspace: Workspace, deps: ToolDeps): Tool {
  return defineTool({
    name: 'read_file',
    description:
      'Reads a text file with line numbers (`12<tab>text`). The numbers are not part of the file. ' +
      'Long files come in parts: the answer says which lines are left.',
    input,
    run: async ({ path, from_line: from = 1, to_line: to }) => {
      const text = await workspace.readFile(path);
      if (text === null) {
        const hint = workspaceText(deps, await whereElse(workspace, path));
        return { ...toolError(`There is no file \`${path}\`. ${hint.text}`), taint: hint.taint };
      }
      if (text === '') return workspaceText(deps, '(The file is empty.)');
      const lines = text.replace(/\r?\n$/, '').split('\n');
      if (from > lines.length) return toolError(`\`${path}\` has ${lines.length} lines.`);
      if (to !== undefined && to < from) return toolError('`to_line` is before `from_line`.');
      return workspaceText(deps, numbered(lines, from, Math.min(to ?? lines.length, lines.length)));
    },
  });
}

function numbered(lines: readonly string[], from: number, to: number): string {
  const shown: string[] = [];
  let characters = 0;
  for (let line = from; line <= to; line += 1) {
    const text = (lines[line - 1] ?? '').replace(/\r$/, '');
    const row = `${line}\t${cutEnd(text, MAX_LINE_CHARACTERS)}`;
    characters += row.length + 1;
    if (characters > MAX_RESULT_CHARACTERS) {
      shown.push(`[cut: lines ${line} to ${to} are left; read on with from_line: ${line}]`);
      return shown.join('\n');
    }
    shown.push(row);
  }
  if (to < lines.length) shown.push(`[the file goes on to line ${lines.length}]`);
  return shown.join('\n');
}

/** Models know the name of a file better than where it lies. */
async function whereElse(workspace: Workspace, path: string): Promise<string> {
  const name = path.split('/').findLast((part) => part !== '') ?? '';
  const literal = name.replaceAll(/[^\w.-]/g, '?');
  const found = literal === '' ? [] : (await workspace.listFiles(`**/${literal}`)).slice(0, 5);
  if (found.length === 0) return 'list_files shows what there is.';
  return `Did you mean \`${found.join('`, `')}\`?`;
}

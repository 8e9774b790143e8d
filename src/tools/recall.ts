import { z } from 'zod';
import type { Note } from '../domain/note.ts';
import { toolText, type Tool } from '../ports/tool.ts';
import { cutEnd, MAX_RESULT_CHARACTERS } from './cut-text.ts';
import { defineTool } from './define-tool.ts';
import type { ToolDeps } from './tool-deps.ts';

const input = z.strictObject({
  query: z.string().min(1).describe('What you want to know, in words that such a note would use.'),
});

export function recallTool({ recall }: ToolDeps): Tool {
  return defineTool({
    name: 'recall',
    description: 'Searches what earlier runs and people noted about this repository.',
    input,
    run: async ({ query }) => {
      const notes = await recall(query);
      const text = notes.map(line).join('\n');
      return toolText(notes.length === 0 ? 'No note matches.' : cutEnd(text, MAX_RESULT_CHARACTERS));
    },
  });
}

function line({ text, kind, author, createdAt }: Note): string {
  return `- ${text.replaceAll(/\s+/g, ' ')} (${kind}, by ${author}, ${createdAt.slice(0, 10)})`;
}

import { z } from 'zod';
import { toolError, toolText, type Tool } from '../ports/tool.ts';
import type { Workspace } from '../ports/workspace.ts';
import { defineTool } from './define-tool.ts';
import { bodySchema, PROPOSED, titleSchema } from './proposal-text.ts';

const input = z.strictObject({ title: titleSchema, body: bodySchema });

export function proposePullRequestTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'propose_pull_request',
    description:
      'Proposes a pull request with all files as you have changed them so far. Change them first; to change ' +
      'it again afterwards, edit and call this again.',
    input,
    run: async ({ title, body }) => {
      const changes = await workspace.changes();
      if (changes.length === 0) return toolError('No file differs from the repository: change files first.');
      const files = changes.map(({ path, content }) => `${content === null ? '- deleted' : '-'} ${path}`);
      return toolText(`${PROPOSED}\n${files.slice(0, 100).join('\n')}`, {
        proposal: { kind: 'pull_request', title, body, changes },
      });
    },
  });
}

import { z } from 'zod';
import { toolText, type Tool } from '../ports/tool.ts';
import { defineTool } from './define-tool.ts';
import { PROPOSED } from './proposal-text.ts';

const login = z
  .string()
  .transform((name) => name.trim().replace(/^@/, ''))
  .pipe(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/, 'is not a login'));

const input = z.strictObject({
  logins: z.array(login).min(1).max(10).describe('People with access to the repository.'),
});

export function proposeAssignTool(): Tool {
  return defineTool({
    name: 'propose_assign',
    description: 'Proposes people to assign the issue or pull request to.',
    input,
    run: async ({ logins }) => toolText(PROPOSED, { proposal: { kind: 'assign', logins } }),
  });
}

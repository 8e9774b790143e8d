import { z } from 'zod';
import type { OutputLimit } from '../domain/agent.ts';
import { toolError, toolText, type Tool } from '../ports/tool.ts';
import { defineTool } from './define-tool.ts';
import { PROPOSED } from './proposal-text.ts';

const input = z.strictObject({
  workflow: z.string().min(1).describe("The workflow's file name, e.g. `deploy.yml`."),
  inputs: z.record(z.string(), z.string()).default({}).describe('Inputs that the workflow declares.'),
});

/** Without a list of workflows an agent may start none. */
export function proposeDispatchTool({ allow = [] }: OutputLimit): Tool {
  const which = `Allowed: ${allow.join(', ') || 'none'}.`;
  return defineTool({
    name: 'propose_dispatch',
    description: `Proposes to start a workflow on the default branch. ${which}`,
    input,
    run: async ({ workflow, inputs }) =>
      allow.includes(workflow)
        ? toolText(PROPOSED, { proposal: { kind: 'dispatch', workflow, inputs } })
        : toolError(`You may not start \`${workflow}\`. ${which}`),
  });
}

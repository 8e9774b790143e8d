import { z } from 'zod';
import type { OutputLimit } from '../domain/agent.ts';
import { toolError, toolText, type Tool } from '../ports/tool.ts';
import { defineTool } from './define-tool.ts';
import { PROPOSED } from './proposal-text.ts';

const names = z.array(z.string().trim().min(1).max(50)).max(20);

const input = z.strictObject({
  add: names.default([]).describe('Labels that the repository has.'),
  remove: names.default([]),
});

export function proposeLabelsTool({ allow }: OutputLimit): Tool {
  const which = allow === undefined ? '' : ` Allowed: ${allow.join(', ')}.`;
  return defineTool({
    name: 'propose_labels',
    description: `Proposes labels to put on or take off the issue or pull request that you work for.${which}`,
    input,
    run: async ({ add, remove }) => {
      if (add.length + remove.length === 0) return toolError('Name at least one label in `add` or `remove`.');
      const refused = [...add, ...remove].filter((name) => !isAllowed(name, allow));
      if (refused.length > 0) return toolError(`You may not use the labels ${refused.join(', ')}.${which}`);
      return toolText(PROPOSED, { proposal: { kind: 'labels', add, remove } });
    },
  });
}

/** Labels that start agents are never theirs to give. GitHub compares labels without case. */
function isAllowed(name: string, allow: readonly string[] | undefined): boolean {
  const label = name.toLowerCase();
  if (/^(agent|flow):/.test(label)) return false;
  return allow === undefined || allow.some((allowed) => allowed.toLowerCase() === label);
}

import { z } from 'zod';
import { toolError, toolText, type Tool } from '../ports/tool.ts';
import { cutMiddle, MAX_RESULT_CHARACTERS } from './cut-text.ts';
import { defineTool } from './define-tool.ts';
import type { ToolDeps } from './tool-deps.ts';

const input = z.strictObject({
  check_run_id: z.int().min(1).describe('An id that read_pull_request lists with the checks.'),
});

/** Always taints: whoever wrote the code under test wrote the log. */
export function readCheckLogTool({ github, quoteCode }: ToolDeps): Tool {
  return defineTool({
    name: 'read_check_log',
    description: 'Reads the log of a check run, its beginning and, more of it, its end.',
    input,
    run: async ({ check_run_id: id }) => {
      const log = await github.readCheckLog(id);
      if (log === null) return toolError(`Check run ${id} has no log.`);
      const text = quoteCode(cutMiddle(log, MAX_RESULT_CHARACTERS), `log of check run ${id}`);
      return toolText(text, { taint: `it read the log of check run ${id}` });
    },
  });
}

import { z } from 'zod';
import { digestOf } from '../domain/digest.ts';
import { MusterError } from '../domain/errors.ts';
import type { FileChange } from '../domain/proposal.ts';
import { toolError, toolText, type Tool } from '../ports/tool.ts';
import type { CommandResult, Workspace } from '../ports/workspace.ts';
import { cutMiddle, MAX_RESULT_CHARACTERS } from './cut-text.ts';
import { defineTool } from './define-tool.ts';
import type { ToolDeps } from './tool-deps.ts';

const DEFAULT_TIMEOUT_S = 120;
const MAX_TIMEOUT_S = 600;
const TAINT = 'it ran code of a stranger';

const input = z.strictObject({
  command: z.string().min(1).describe('For bash, in the root of the repository.'),
  timeout_s: z
    .int()
    .min(1)
    .max(MAX_TIMEOUT_S)
    .optional()
    .describe(`Seconds until it is stopped; ${DEFAULT_TIMEOUT_S} by default.`),
});

/** Taints where the code under work is a stranger's: that code decides what is printed. */
export function runCommandTool(
  workspace: Workspace,
  runCommand: NonNullable<Workspace['runCommand']>,
  { quoteCode, isWorkspaceTrusted }: ToolDeps,
): Tool {
  return defineTool({
    name: 'run_command',
    description:
      'Runs a command in a sandbox: no network, no git, no secrets, nothing of it left running afterwards. ' +
      'Answers its exit code and output. Files that only commands change always need a person to approve.',
    input,
    run: async ({ command, timeout_s: seconds = DEFAULT_TIMEOUT_S }, signal) => {
      const before = await workspace.changes();
      const result = await runCommand(command, { timeoutMs: seconds * 1000, signal });
      const output = quoteCode(
        cutMiddle(result.output, MAX_RESULT_CHARACTERS) || '(none)',
        'output of the command',
      );
      const text = `${ending(result, seconds)}\n${output}`;
      try {
        return toolText(text, {
          taint: isWorkspaceTrusted ? null : TAINT,
          changes: await changedSince(workspace, before),
        });
      } catch (error) {
        // What it left can't be carried; it ran nevertheless, and taints.
        if (!(error instanceof MusterError) || error.code !== 'changes_too_large') throw error;
        return { ...toolError(`${text}\n\n${error.message}`), taint: isWorkspaceTrusted ? null : TAINT };
      }
    },
  });
}

/** What the command changed, files that it put back as they were in the commit included. */
async function changedSince(workspace: Workspace, before: readonly FileChange[]): Promise<FileChange[]> {
  const after = await workspace.changes();
  const known = new Set(before.map(digestOf));
  const paths = new Set(after.map((change) => change.path));
  const reverted = before.map((change) => change.path).filter((path) => !paths.has(path));
  const restored = reverted.length === 0 ? [] : await workspace.changes(reverted);
  return [...after.filter((change) => !known.has(digestOf(change))), ...restored];
}

function ending({ exitCode, hasTimedOut }: CommandResult, seconds: number): string {
  return hasTimedOut ? `Stopped after ${seconds} s.` : `Exit code ${exitCode}.`;
}

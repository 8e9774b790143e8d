import { toolText, type ToolOutcome } from '../ports/tool.ts';
import type { ToolDeps } from './tool-deps.ts';

type Source = Pick<ToolDeps, 'isWorkspaceTrusted' | 'quoteCode'>;

/** An answer made of the checkout's files: plain from this repository, quoted and tainting from a fork. */
export function workspaceText({ isWorkspaceTrusted, quoteCode }: Source, text: string): ToolOutcome {
  if (isWorkspaceTrusted) return toolText(text);
  return toolText(quoteCode(text, 'files of a fork'), { taint: 'it read files of a fork' });
}

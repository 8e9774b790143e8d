import { z } from 'zod';
import type { PullRequestFacts, PullRequestFile } from '../ports/github.ts';
import type { CheckFacts } from '../ports/github-checks.ts';
import { toolError, toolText, type Tool } from '../ports/tool.ts';
import { cutEnd, MAX_RESULT_CHARACTERS } from './cut-text.ts';
import { defineTool } from './define-tool.ts';
import { taintOfTexts } from './strangers.ts';
import type { ToolDeps } from './tool-deps.ts';

const MAX_BODY_CHARACTERS = 4000;
const MAX_LIST_CHARACTERS = 4000;
const MAX_PATCH_CHARACTERS = 6000;

const input = z.strictObject({
  number: z.int().min(1).optional().describe('The pull request; the one you work for by default.'),
});

export function readPullRequestTool(deps: ToolDeps): Tool {
  return defineTool({
    name: 'read_pull_request',
    description:
      'Reads a pull request: title, body, branches, checks with their ids (for read_check_log), files and ' +
      'their diffs. Its conversation is in read_issue.',
    input,
    run: async ({ number = deps.subject.number }) => {
      const pull = await deps.github.getPullRequest(number);
      if (pull === null) return toolError(`There is no pull request #${number} in this repository.`);
      const [files, checks] = await Promise.all([
        deps.github.listPullRequestFiles(number),
        deps.github.listChecks(pull.head.sha),
      ]);
      const source = `pull request #${number} by @${pull.author.login}`;
      const diffs = patchesWithin(files, MAX_RESULT_CHARACTERS - MAX_BODY_CHARACTERS - MAX_LIST_CHARACTERS);
      const text = `${deps.quote(describe(pull, files, checks), source)}\n\n${deps.quoteCode(diffs, `diffs of ${source}`)}`;
      const moved = number === deps.subject.number && deps.headSha !== null && pull.head.sha !== deps.headSha;
      const remark = `The head has moved since you were asked: this is ${pull.head.sha}, your files are ${deps.headSha}.\n`;
      return toolText((moved ? remark : '') + text, { taint: await taintOf(deps, pull) });
    },
  });
}

async function taintOf(deps: ToolDeps, pull: PullRequestFacts): Promise<string | null> {
  const what = `pull request #${pull.number}`;
  const byStranger = await taintOfTexts(deps, [pull], what);
  if (byStranger !== null) return byStranger;
  // Who may push to a fork is not ours to know.
  return pull.head.repositoryId === deps.github.tenant.id ? null : `it read ${what} from a fork`;
}

function describe(
  pull: PullRequestFacts,
  files: readonly PullRequestFile[],
  checks: readonly CheckFacts[],
): string {
  const state = pull.isMerged ? 'merged' : `${pull.state}${pull.isDraft ? ', draft' : ''}`;
  return [
    `${pull.title}\n${state}; ${pull.head.ref} (${pull.head.sha}) into ${pull.base.ref}`,
    cutEnd(pull.body, MAX_BODY_CHARACTERS),
    `Checks:\n${cutEnd(checks.map(checkLine).join('\n') || 'none', 2000)}`,
    `Files:\n${cutEnd(files.map(fileLine).join('\n'), MAX_LIST_CHARACTERS)}`,
  ].join('\n\n');
}

function checkLine({ id, name, status, conclusion }: CheckFacts): string {
  return `${id} ${name}: ${conclusion ?? status}`;
}

function fileLine({ status, path, additions, deletions }: PullRequestFile): string {
  return `${status} ${path} +${additions} -${deletions}`;
}

/** Whole diffs first come, first served; the rest by name, for read_file. */
function patchesWithin(files: readonly PullRequestFile[], limit: number): string {
  const shown: string[] = [];
  const left: string[] = [];
  let characters = 0;
  for (const { path, patch } of files) {
    if (patch === null) continue;
    const text = `--- ${path}\n${cutEnd(patch, MAX_PATCH_CHARACTERS)}`;
    if (characters + text.length > limit) {
      left.push(path);
      continue;
    }
    characters += text.length;
    shown.push(text);
  }
  if (left.length > 0)
    shown.push(cutEnd(`[cut: the diffs of ${left.length} files: ${left.join(', ')}]`, 1000));
  return shown.join('\n\n');
}

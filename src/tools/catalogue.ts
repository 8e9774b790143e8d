import type { AgentDefinition, ToolGrant } from '../domain/agent.ts';
import type { ProposalKind } from '../domain/proposal.ts';
import type { Tool } from '../ports/tool.ts';
import type { Workspace } from '../ports/workspace.ts';
import { deleteFileTool } from './delete-file.ts';
import { editFileTool } from './edit-file.ts';
import { listFilesTool } from './list-files.ts';
import { missingTool } from './missing.ts';
import { noopTool } from './noop.ts';
import { noteTool } from './note.ts';
import { planTool } from './plan.ts';
import { proposeAssignTool } from './propose-assign.ts';
import { proposeCloseTool } from './propose-close.ts';
import { proposeCommentTool } from './propose-comment.ts';
import { proposeDispatchTool } from './propose-dispatch.ts';
import { proposeIssueTool } from './propose-issue.ts';
import { proposeLabelsTool } from './propose-labels.ts';
import { proposePullRequestTool } from './propose-pull-request.ts';
import { proposeReviewTool } from './propose-review.ts';
import { readCheckLogTool } from './read-check-log.ts';
import { readFileTool } from './read-file.ts';
import { readIssueTool } from './read-issue.ts';
import { readPullRequestTool } from './read-pull-request.ts';
import { recallTool } from './recall.ts';
import { runCommandTool } from './run-command.ts';
import { searchCodeTool } from './search-code.ts';
import type { ToolDeps } from './tool-deps.ts';
import { writeFileTool } from './write-file.ts';

/**
 * The tools that an agent has: those of its grants, one for each proposal kind of its outputs, and what
 * every agent has. A tool that could not work (no checkout, no sandbox, no pull request) is absent.
 */
export function createTools(agent: AgentDefinition, deps: ToolDeps): Tool[] {
  return [
    ...agent.tools.flatMap((grant) => grantedTools(grant, deps)),
    recallTool(deps),
    noteTool(),
    ...proposalTools(agent, deps),
    noopTool(),
    missingTool(),
  ];
}

function grantedTools(grant: ToolGrant, deps: ToolDeps): Tool[] {
  const { workspace } = deps;
  switch (grant) {
    case 'read':
      return [
        ...(workspace === null ? [] : [readFileTool(workspace, deps), listFilesTool(workspace, deps)]),
        readIssueTool(deps),
        readPullRequestTool(deps),
        readCheckLogTool(deps),
      ];
    case 'search':
      return workspace === null ? [] : [searchCodeTool(workspace, deps)];
    case 'edit':
      return workspace === null ? [] : editTools(workspace, deps);
    case 'shell':
      return workspace === null || workspace.runCommand === null
        ? []
        : [runCommandTool(workspace, workspace.runCommand, deps)];
    case 'todo':
      return [planTool()];
    case 'web':
    case 'agent':
    default:
      // What reaches beyond the checkout and GitHub (`web`, `agent`, `mcp:*`) is not made here.
      return [];
  }
}

function editTools(workspace: Workspace, deps: ToolDeps): Tool[] {
  return [editFileTool(workspace, deps), writeFileTool(workspace), deleteFileTool(workspace)];
}

function proposalTools({ outputs }: AgentDefinition, { workspace, subject }: ToolDeps): Tool[] {
  const has = (kind: ProposalKind): boolean => (outputs[kind]?.max ?? 0) > 0;
  return [
    ...(has('comment') ? [proposeCommentTool()] : []),
    ...(has('review') && subject.kind === 'pull_request' ? [proposeReviewTool()] : []),
    ...(has('labels') && outputs.labels ? [proposeLabelsTool(outputs.labels)] : []),
    ...(has('assign') ? [proposeAssignTool()] : []),
    ...(has('issue') ? [proposeIssueTool()] : []),
    ...(has('pull_request') && workspace !== null ? [proposePullRequestTool(workspace)] : []),
    ...(has('close') ? [proposeCloseTool()] : []),
    ...(has('dispatch') && outputs.dispatch ? [proposeDispatchTool(outputs.dispatch)] : []),
  ];
}

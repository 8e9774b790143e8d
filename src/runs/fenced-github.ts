import type { GitHub } from '../ports/github.ts';

/**
 * GitHub for one claim of a run: whatever changes something there first makes sure that the claim still
 * holds. A worker that was taken over meanwhile gets `holds`'s throw instead; reads pass.
 */
export function fenceGitHub(github: GitHub, holds: () => Promise<void>): GitHub {
  const fenced =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await holds();
      return call(...args);
    };
  return {
    ...github,
    createComment: fenced(github.createComment),
    updateComment: fenced(github.updateComment),
    react: fenced(github.react),
    addLabels: fenced(github.addLabels),
    removeLabel: fenced(github.removeLabel),
    createIssue: fenced(github.createIssue),
    closeIssue: fenced(github.closeIssue),
    assign: fenced(github.assign),
    createPullRequest: fenced(github.createPullRequest),
    editPullRequest: fenced(github.editPullRequest),
    closePullRequest: fenced(github.closePullRequest),
    markReadyForReview: fenced(github.markReadyForReview),
    convertToDraft: fenced(github.convertToDraft),
    mergePullRequest: fenced(github.mergePullRequest),
    createReview: fenced(github.createReview),
    createRef: fenced(github.createRef),
    updateRef: fenced(github.updateRef),
    replaceRef: fenced(github.replaceRef),
    deleteRef: fenced(github.deleteRef),
    createBlob: fenced(github.createBlob),
    createTree: fenced(github.createTree),
    createCommit: fenced(github.createCommit),
    createCheck: fenced(github.createCheck),
    updateCheck: fenced(github.updateCheck),
    dispatchWorkflow: fenced(github.dispatchWorkflow),
  };
}

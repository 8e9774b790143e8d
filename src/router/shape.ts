/**
 * The header that names an event is not signed, its body is. What each body must and must not hold, so that
 * one event can't be passed off as another that starts more.
 */
const SHAPES: Record<string, { has: string[]; lacks?: string[] }> = {
  check_run: { has: ['check_run'] },
  check_suite: { has: ['check_suite'] },
  create: { has: ['ref', 'ref_type', 'master_branch'] },
  delete: { has: ['ref', 'ref_type'], lacks: ['master_branch'] },
  deployment: { has: ['deployment'], lacks: ['deployment_status'] },
  deployment_status: { has: ['deployment', 'deployment_status'] },
  discussion: { has: ['discussion'], lacks: ['comment'] },
  discussion_comment: { has: ['discussion', 'comment'] },
  fork: { has: ['forkee'] },
  issue_comment: { has: ['issue', 'comment'] },
  issues: { has: ['issue'], lacks: ['comment', 'pull_request', 'sub_issue', 'parent_issue'] },
  label: { has: ['label'], lacks: ['issue', 'pull_request', 'discussion'] },
  milestone: { has: ['milestone'], lacks: ['issue', 'pull_request'] },
  pull_request: { has: ['pull_request'], lacks: ['comment', 'review', 'thread'] },
  pull_request_review: { has: ['pull_request', 'review'] },
  pull_request_review_comment: { has: ['pull_request', 'comment'] },
  pull_request_review_thread: { has: ['pull_request', 'thread'] },
  push: { has: ['ref', 'before', 'after', 'commits'] },
  release: { has: ['release'] },
  repository_dispatch: { has: ['client_payload'] },
  status: { has: ['sha', 'state', 'context'] },
  workflow_dispatch: { has: ['workflow', 'ref'] },
  workflow_job: { has: ['workflow_job'] },
  workflow_run: { has: ['workflow_run'] },
};

/** Why a body can't be that of the named event, or null. Events without a known form pass. */
export function shapeProblem(event: string, payload: Record<string, unknown>): string | null {
  const shape = Object.hasOwn(SHAPES, event) ? SHAPES[event] : undefined;
  const missing = shape?.has.find((key) => !(key in payload));
  if (missing !== undefined) return `${event}: has no \`${missing}\``;
  const extra = shape?.lacks?.find((key) => key in payload);
  return extra === undefined ? null : `${event}: has a \`${extra}\`, so it is another event`;
}

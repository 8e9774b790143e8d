/** What a body must hold, and must not, to be of an event; the most particular events come first. */
const SHAPES: readonly (readonly [event: string, has: readonly string[], lacks?: readonly string[]])[] = [
  ['pull_request_review', ['pull_request', 'review']],
  ['pull_request_review_thread', ['pull_request', 'thread']],
  ['pull_request_review_comment', ['pull_request', 'comment']],
  ['issue_comment', ['issue', 'comment']],
  ['discussion_comment', ['discussion', 'comment']],
  ['deployment_review', ['workflow_job_run']],
  ['deployment_status', ['deployment_status']],
  ['workflow_job', ['workflow_job']],
  ['deployment', ['deployment']],
  ['check_run', ['check_run']],
  ['check_suite', ['check_suite']],
  ['workflow_run', ['workflow_run']],
  ['pull_request', ['pull_request']],
  ['issues', ['issue']],
  ['discussion', ['discussion']],
  ['commit_comment', ['comment']],
  ['repository_dispatch', ['client_payload']],
  ['workflow_dispatch', ['workflow', 'ref']],
  ['push', ['ref', 'before', 'after', 'commits']],
  ['create', ['ref', 'ref_type', 'master_branch']],
  ['delete', ['ref', 'ref_type']],
  ['fork', ['forkee']],
  ['gollum', ['pages']],
  ['release', ['release']],
  ['label', ['label']],
  ['milestone', ['milestone']],
  ['merge_group', ['merge_group']],
  ['page_build', ['build']],
  ['status', ['sha', 'state', 'context']],
  ['star', ['starred_at']],
  ['ping', ['zen', 'hook']],
  ['installation_repositories', ['repositories_added', 'repositories_removed']],
  ['installation', ['installation', 'repositories'], ['repository']],
];

const REPOSITORY_ACTIONS = new Set([
  'archived',
  'created',
  'deleted',
  'edited',
  'privatized',
  'publicized',
  'renamed',
  'transferred',
  'unarchived',
]);

/** Beside these keys the body of a `repository` event holds nothing. */
const COMMON = new Set([
  'action',
  'repository',
  'sender',
  'organization',
  'installation',
  'enterprise',
  'changes',
]);

/** The webhook event that a body is of, by its shape; null where more than one looks like it. */
export function guessEvent(payload: Record<string, unknown>): string | null {
  const found = SHAPES.find(
    ([, has, lacks = []]) => has.every((key) => key in payload) && !lacks.some((key) => key in payload),
  );
  if (found !== undefined) return found[0];
  const isOfRepository =
    'repository' in payload &&
    REPOSITORY_ACTIONS.has(String(payload.action)) &&
    Object.keys(payload).every((key) => COMMON.has(key));
  return isOfRepository ? 'repository' : null;
}

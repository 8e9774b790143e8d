import type { RoleName } from '../model.ts';

/** What a request must be allowed to do, on the repository that its path names. */
interface RepositoryAccess {
  kind: 'repository';
  /** An App needs one of these at this level; none for what every token may do. */
  permissions: readonly string[];
  level: 'read' | 'write';
  /** A person needs at least this role; anyone has `read` on a public repository. */
  role: RoleName;
}

/**
 * `public`: no sign-in; `app`: the App's own JWT; `token`: an installation token; `account`: whoever is
 * signed in with a token.
 */
export type Access = { kind: 'public' | 'app' | 'token' | 'account' } | RepositoryAccess;

const open: Access = { kind: 'public' };
const app: Access = { kind: 'app' };
const token: Access = { kind: 'token' };
const account: Access = { kind: 'account' };
const anyToken: Access = { kind: 'repository', permissions: [], level: 'read', role: 'read' };

function reads(...permissions: string[]): Access {
  return { kind: 'repository', permissions, level: 'read', role: 'read' };
}

function writes(role: RoleName, ...permissions: string[]): Access {
  return { kind: 'repository', permissions, level: 'write', role };
}

const readsIssues = reads('issues', 'pull_requests');
const readsPulls = reads('pull_requests');
const readsContents = reads('contents');
const readsChecks = reads('checks');
const writesIssues = writes('read', 'issues', 'pull_requests');
const triages = writes('triage', 'issues', 'pull_requests');
const writesPulls = writes('read', 'pull_requests');
const writesContents = writes('write', 'contents');
const writesChecks = writes('write', 'checks');

/**
 * Every operation of GitHub's REST API that the simulator answers, and who may use it: GitHub's own list of
 * permissions required for GitHub Apps, and the roles of repository access.
 */
export const ACCESS: Readonly<Record<string, Access>> = {
  'meta/root': open,
  'apps/create-from-manifest': open,
  'apps/get-authenticated': app,
  'apps/get-webhook-config-for-app': app,
  'apps/update-webhook-config-for-app': app,
  'apps/list-installations': app,
  'apps/get-installation': app,
  'apps/create-installation-access-token': app,
  'apps/get-repo-installation': app,
  'apps/list-webhook-deliveries': app,
  'apps/get-webhook-delivery': app,
  'apps/redeliver-webhook-delivery': app,
  'apps/revoke-installation-access-token': token,
  'apps/list-repos-accessible-to-installation': token,
  'users/get-authenticated': account,
  'users/get-by-username': open,
  'repos/get': anyToken,
  'repos/get-content': readsContents,
  'repos/get-collaborator-permission-level': anyToken,
  'repos/get-branch': readsContents,
  'repos/list-branches': readsContents,
  'repos/get-branch-protection': reads('administration'),
  'repos/get-commit': readsContents,
  'repos/list-commits': readsContents,
  'repos/compare-commits-with-basehead': readsContents,
  'repos/get-combined-status-for-ref': reads('statuses'),
  'repos/list-commit-statuses-for-ref': reads('statuses'),
  'repos/create-commit-status': writes('write', 'statuses'),
  'repos/create-dispatch-event': writesContents,
  'actions/list-repo-workflows': reads('actions'),
  'actions/get-workflow': reads('actions'),
  'actions/create-workflow-dispatch': writes('write', 'actions'),
  'actions/download-job-logs-for-workflow-run': reads('actions'),
  'git/get-ref': readsContents,
  'git/list-matching-refs': readsContents,
  'git/create-ref': writesContents,
  'git/update-ref': writesContents,
  'git/delete-ref': writesContents,
  'git/create-blob': writesContents,
  'git/get-blob': readsContents,
  'git/create-tree': writesContents,
  'git/get-tree': readsContents,
  'git/create-commit': writesContents,
  'git/get-commit': readsContents,
  'issues/list-for-repo': readsIssues,
  'issues/create': writes('read', 'issues'),
  'issues/get': readsIssues,
  'issues/update': writesIssues,
  'issues/list-comments': readsIssues,
  'issues/list-comments-for-repo': readsIssues,
  'issues/create-comment': writesIssues,
  'issues/get-comment': readsIssues,
  'issues/update-comment': writesIssues,
  'issues/delete-comment': writesIssues,
  'issues/list-labels-for-repo': readsIssues,
  'issues/create-label': triages,
  'issues/get-label': readsIssues,
  'issues/list-labels-on-issue': readsIssues,
  'issues/add-labels': triages,
  'issues/remove-label': triages,
  'issues/list-events': readsIssues,
  'issues/list-events-for-timeline': readsIssues,
  'issues/list-assignees': readsIssues,
  'issues/check-user-can-be-assigned': readsIssues,
  'issues/add-assignees': triages,
  'issues/remove-assignees': triages,
  'issues/lock': triages,
  'issues/unlock': triages,
  'reactions/list-for-issue': readsIssues,
  'reactions/create-for-issue': writesIssues,
  'reactions/list-for-issue-comment': readsIssues,
  'reactions/create-for-issue-comment': writesIssues,
  'reactions/create-for-pull-request-review-comment': writesPulls,
  'pulls/list': readsPulls,
  'pulls/create': writesPulls,
  'pulls/get': readsPulls,
  'pulls/update': writesPulls,
  'pulls/list-files': readsPulls,
  'pulls/list-commits': readsPulls,
  'pulls/merge': writesContents,
  'pulls/check-if-merged': readsContents,
  'pulls/list-reviews': readsPulls,
  'pulls/create-review': writesPulls,
  'pulls/get-review': readsPulls,
  'pulls/submit-review': writesPulls,
  'pulls/dismiss-review': writes('write', 'pull_requests'),
  'pulls/list-comments-for-review': readsPulls,
  'pulls/list-review-comments': readsPulls,
  'pulls/get-review-comment': readsPulls,
  'checks/create': writesChecks,
  'checks/get': readsChecks,
  'checks/update': writesChecks,
  'checks/list-annotations': readsChecks,
  'checks/list-for-ref': readsChecks,
  'checks/list-for-suite': readsChecks,
  'checks/list-suites-for-ref': readsChecks,
  'checks/get-suite': readsChecks,
};

/** What the App may do: PRODUCT's list, and nothing that no feature uses. */
const PERMISSIONS = {
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'write',
  actions: 'write',
  metadata: 'read',
  members: 'read',
  deployments: 'read',
  discussions: 'read',
} as const;

/** What GitHub delivers, as far as these permissions reach; installation events come unasked. */
const EVENTS = [
  'check_run',
  'check_suite',
  'create',
  'delete',
  'deployment',
  'deployment_status',
  'discussion',
  'discussion_comment',
  'issue_comment',
  'issues',
  'label',
  'milestone',
  'public',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'pull_request_review_thread',
  'push',
  'release',
  'repository',
  'repository_dispatch',
  'workflow_dispatch',
  'workflow_job',
  'workflow_run',
] as const;

/** A GitHub App manifest: https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
export interface Manifest {
  name: string;
  url: string;
  hook_attributes: { url: string; active: boolean };
  redirect_url: string;
  public: boolean;
  default_permissions: Record<string, 'read' | 'write'>;
  default_events: readonly string[];
}

/** The manifest of a Muster that is reached at `publicUrl` (an origin); private to its owner. */
export function createManifest(name: string, publicUrl: string, webhookPath: string): Manifest {
  return {
    name,
    url: publicUrl,
    hook_attributes: { url: `${publicUrl}${webhookPath}`, active: true },
    redirect_url: `${publicUrl}/setup/callback`,
    public: false,
    default_permissions: PERMISSIONS,
    default_events: EVENTS,
  };
}

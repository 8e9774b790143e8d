import { APP_EVENTS, APP_PERMISSIONS } from '../../domain/app-registration.ts';

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
    default_permissions: APP_PERMISSIONS,
    default_events: APP_EVENTS,
  };
}

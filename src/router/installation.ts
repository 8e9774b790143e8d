import type { Tenant } from '../domain/tenant.ts';
import type { IgnoredEvent, InstallationEvent } from './event.ts';
import * as payloads from './payload.ts';

const CHANGES = ['created', 'deleted', 'suspend', 'unsuspend', 'added', 'removed'] as const;

/** Where the App came to or left. Throws `ZodError` where the payload has another form. */
export function readInstallation(payload: Record<string, unknown>): InstallationEvent | IgnoredEvent {
  const read = payloads.installation.parse(payload);
  const change = CHANGES.find((known) => known === read.action);
  if (change === undefined) {
    return { kind: 'ignored', reason: `installation: ${read.action} changes nothing here` };
  }
  const tenants = (list: typeof read.repositories): Tenant[] =>
    (list ?? []).map(({ id, name, full_name }) => ({
      id,
      owner: full_name.split('/')[0] ?? '',
      name,
      installationId: read.installation.id,
    }));
  return {
    kind: 'installation',
    change,
    installationId: read.installation.id,
    added: tenants(change === 'created' ? read.repositories : read.repositories_added),
    removed: tenants(change === 'deleted' ? read.repositories : read.repositories_removed),
  };
}

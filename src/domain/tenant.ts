/** One repository, by its numeric id: it survives a rename, and nothing crosses it. */
export type TenantId = number;

/** How a tenant is reached on GitHub right now; the name is a hint, the id is the identity. */
export interface Tenant {
  id: TenantId;
  owner: string;
  name: string;
  /** The App's installation; null where a host brings its own token (Action, CLI). */
  installationId: number | null;
}

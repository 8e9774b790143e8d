import type { Actor } from './actor.ts';
import { base32Digest } from './digest.ts';
import type { TenantId } from './tenant.ts';

export type TriggerKind = 'label' | 'command' | 'event' | 'schedule' | 'button' | 'ci' | 'api';

/** What asked for a run. The same trigger has the same key on every host and in every delivery. */
export interface Trigger {
  kind: TriggerKind;
  /** e.g. `comment:123:0`, `label:456`, `event:issues.opened:<digest>`; part of the run's id. */
  key: string;
  /** Who pulled it; null for schedules. */
  actor: Actor | null;
  /** When GitHub says it happened, ISO 8601. */
  at: string;
  /** One sentence for the tracking comment, e.g. ``label `agent:triager` by @ada``. */
  summary: string;
}

/** `r_` + 12 characters of `a-z2-7`, the same for the same trigger on any host. */
export function runIdFor(tenantId: TenantId, work: string, triggerKey: string): string {
  return `r_${base32Digest(`${tenantId}\n${work}\n${triggerKey}`, 12)}`;
}

/** True for text that has the form of a run id. */
export function isRunId(text: string): boolean {
  return /^r_[a-z2-7]{12}$/.test(text);
}

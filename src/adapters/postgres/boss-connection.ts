import type { ConstructorOptions } from 'pg-boss';

/** How pg-boss reaches the same database, and how workers are woken when a job is committed. */
export interface BossConnection {
  options: Pick<ConstructorOptions, 'db' | 'backend' | 'connectionString' | 'max'>;
  /** Calls back for each NOTIFY on the channel until the returned function is called; survives reconnects. */
  listen(channel: string, onNotification: () => void): Promise<() => Promise<void>>;
}

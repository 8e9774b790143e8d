import type { ConstructorOptions } from 'pg-boss';

/** How pg-boss reaches the same database, and how workers are woken when a job is committed. */
export interface BossConnection {
  options: Pick<ConstructorOptions, 'db' | 'backend' | 'connectionString' | 'max'>;
  /**
   * Calls back with the payload of each NOTIFY on the channel until the returned function is called; with an
   * empty one after a reconnect, since some may have been missed.
   */
  listen(channel: string, onNotification: (payload: string) => void): Promise<() => Promise<void>>;
}

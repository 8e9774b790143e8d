import { execFileSync } from 'node:child_process';
import os from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  node: string;
  postgresql: string;
  /** Short hash, with `+` where the tree has changes that are not committed. */
  commit: string;
  /** Waiting processes in the last minute when the measuring began: figures of a busy machine are worse. */
  loadBefore: number;
}

export function describeMachine(postgresql: string): Machine {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 1024 ** 3),
    node: process.version,
    postgresql,
    commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+'),
    loadBefore: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
  };
}

export function inWords({ cpu, cores, memoryGb, node, postgresql, commit, loadBefore }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGb} GB; Node ${node}; PostgreSQL ${postgresql}; commit ${commit}; load before ${loadBefore}`;
}

import type { MusterConfig } from '../domain/config.ts';
import type { MicroUsd } from '../domain/money.ts';

/** One window that money is counted in, and how much it may hold. */
export interface BudgetWindow {
  /** `run:<id>`, `day:2026-11-22`, `month:2026-11`, `open-day:2026-11-22`. */
  key: string;
  limitMicroUsd: MicroUsd;
  /** For a person, e.g. `the day's budget`. */
  label: string;
}

/** Runs that nobody with access asked for may use this share of the day. */
const UNTRUSTED_SHARE = 0.2;

export interface BudgetOwner {
  runId: string;
  runCapMicroUsd: MicroUsd;
  /** True for events and schedules: authorised by the agent file, paid from the separate share. */
  isUntrusted: boolean;
}

/** Every window that a call of this run has to fit into, days and months in UTC. */
export function budgetWindows(
  budgets: MusterConfig['budgets'],
  owner: BudgetOwner,
  now: Date,
): BudgetWindow[] {
  const day = now.toISOString().slice(0, 10);
  const month = day.slice(0, 7);
  const windows: BudgetWindow[] = [
    { key: `run:${owner.runId}`, limitMicroUsd: owner.runCapMicroUsd, label: "the run's cap" },
    { key: `day:${day}`, limitMicroUsd: budgets.dayMicroUsd, label: "the day's budget" },
    { key: `month:${month}`, limitMicroUsd: budgets.monthMicroUsd, label: "the month's budget" },
  ];
  if (owner.isUntrusted) {
    windows.push({
      key: `open-day:${day}`,
      limitMicroUsd: Math.floor(budgets.dayMicroUsd * UNTRUSTED_SHARE),
      label: "the day's share for events and schedules",
    });
  }
  return windows;
}

/** The cap of a run: the smallest of what the configuration, the agent file and the host's input allow. */
export function runCap(config: MicroUsd, agent: MicroUsd, override: MicroUsd | undefined): MicroUsd {
  return Math.min(config, agent, override ?? Number.POSITIVE_INFINITY);
}

/** The cap after people asked for `asked`: never lowered, and raised to `limit` at most. */
export function raisedCap(cap: MicroUsd, limit: MicroUsd, asked: readonly MicroUsd[]): MicroUsd {
  return Math.max(cap, Math.min(limit, Math.max(0, ...asked)));
}

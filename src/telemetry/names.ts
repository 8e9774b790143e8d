/** Every metric of ours, with the words that `/metrics` gives for it. */
export const METRICS = {
  muster_deliveries_total: 'Webhook deliveries taken, by event and outcome.',
  muster_deliveries_recovered_total: 'What was missed while Muster was down, and taken in later.',
  muster_runs_ended_total: 'Runs that ended, by state.',
  muster_spent_micro_usd_total: 'Money spent on models, in micro-dollars, by model.',
  muster_run_seconds: 'Time from the start of a claim to its end, in seconds.',
} as const;

/** One claim of one run, from its start to where it ends or waits. */
export const RUN_SPAN = 'muster.run';

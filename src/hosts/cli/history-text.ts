import { formatUsd } from '../../domain/money.ts';
import { durationWords } from '../../publish/words.ts';
import type { RunLine, ShownRun, TenantCost, TenantNote } from '../../runs/history/inspect.ts';
import { oneLine, table } from './output.ts';

/** One line a run, newest first. */
export function describeRuns(runs: readonly RunLine[]): string[] {
  if (runs.length === 0) return ['no runs yet'];
  const rows = runs.map((run) => [
    run.runId,
    run.state,
    run.work,
    `${run.repository}#${run.subject}`,
    timeWords(run.createdAt),
    formatUsd(run.costMicroUsd),
    oneLine(run.reason ?? '', 60),
  ]);
  return table([['run', 'state', 'work', 'for', 'asked', 'cost', 'reason'], ...rows]);
}

/** What the run is, then its timeline: since when, who, what, how long, how much. */
export function describeShown(run: ShownRun): string[] {
  const from = Date.parse(run.createdAt);
  const rows = run.timeline.map((entry) => [
    `+${durationWords(Date.parse(entry.at) - from)}`,
    entry.kind,
    entry.who,
    entry.what,
    entry.durationMs === null ? '' : durationWords(entry.durationMs),
    entry.costMicroUsd === null ? '' : formatUsd(entry.costMicroUsd),
    oneLine(entry.detail ?? '', 100),
  ]);
  return [
    `${run.runId}  ${run.work} for ${run.repository}#${run.subject}: ${run.state}, ${formatUsd(run.costMicroUsd)}`,
    ...(run.reason === null ? [] : [`reason  ${oneLine(run.reason, 200)}`]),
    ...(run.failure === null ? [] : [`next    ${run.failure.next}`]),
    `asked   ${timeWords(run.createdAt)}`,
    '',
    ...table([['since', '', 'who', 'what', 'took', 'cost', ''], ...rows]),
  ];
}

/** For each repository: spend by work and model, then what the budgets' windows hold. */
export function describeCosts(costs: readonly TenantCost[]): string[] {
  if (costs.length === 0) return ['nothing was spent yet'];
  return costs.flatMap(({ repository, tenantId, lines, windows }, index) => {
    const total = lines.reduce((sum, line) => sum + line.costMicroUsd, 0);
    const rows = lines.map((line) => [
      `  ${line.work}`,
      line.model,
      `${line.runs} runs`,
      `${line.calls} calls`,
      formatUsd(line.costMicroUsd),
    ]);
    return [
      ...(index === 0 ? [] : ['']),
      `${repository} (${tenantId}): ${formatUsd(total)}`,
      ...table(rows),
      ...windows.slice(0, 10).map(({ window, usedMicroUsd }) => `  ${window}: ${formatUsd(usedMicroUsd)}`),
    ];
  });
}

/** One line a note, by repository, newest first. */
export function describeNotes(notes: readonly TenantNote[]): string[] {
  if (notes.length === 0) return ['nothing is remembered yet'];
  return table(
    notes.map(({ repository, note }) => [
      note.id,
      repository,
      note.horizon,
      note.trust,
      note.author,
      note.createdAt.slice(0, 10),
      oneLine(note.text, 100),
    ]),
  );
}

function timeWords(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

import { MIN_DECISIONS } from '../../domain/verdict.ts';
import type { TenantJudges } from '../../runs/history/inspect.ts';
import type { CliCommand } from './commands.ts';
import { readCount, readOptions, usage } from './options.ts';
import { printJson, printLines, table } from './output.ts';
import { ask } from './reader.ts';

/** `muster judge report`: how far the judges agree with the people who decide. */
export const judgeCommand: CliCommand = {
  form: 'judge report [--json]',
  does: 'how far the judges agree with people: kappa, calibration, confusion by agent',
  options: [['--tenant <id>', "one repository only, by GitHub's numeric id"]],
  run: async (args, environment) => {
    const words = { min: 1, max: 1, expected: '`report`' };
    const options = { json: { type: 'boolean', default: false }, tenant: { type: 'string' } } as const;
    const { values, positionals } = readOptions(args, options, words);
    if (positionals[0] !== 'report') throw usage(`expected ${words.expected}`);
    const reports = await ask(environment, { kind: 'judge', tenantId: readCount('tenant', values.tenant) });
    if (values.json) printJson(reports);
    else printLines(describeJudges(reports));
    return 0;
  },
};

/** For each repository that decided on anything: agreement, calibration, confusion by agent. */
export function describeJudges(reports: readonly TenantJudges[]): string[] {
  const decided = reports.filter(({ report }) => report.decisions > 0);
  if (decided.length === 0) return ['nobody has decided on a judged proposal yet'];
  return decided.flatMap(({ repository, tenantId, report }, index) => [
    ...(index === 0 ? [] : ['']),
    `${repository} (${tenantId}): ${report.decisions} decisions, agreement ${percent(report.agreed)}, kappa ${number(report.kappa)}`,
    ...learnedLines(report),
    ...table([
      ['  said', 'decisions', 'mean said', 'accepted'],
      ...report.calibration
        .filter(({ count }) => count > 0)
        .map(({ from, to, count, said, came }) => [
          `  ${from.toFixed(1)} to ${to.toFixed(1)}`,
          String(count),
          number(said),
          percent(came),
        ]),
    ]),
    ...table([
      ['  agent', 'passed+accepted', 'passed+declined', 'failed+accepted', 'failed+declined', 'kappa'],
      ...report.agents.map((agent) => [
        `  ${agent.agent}`,
        String(agent.passedAccepted),
        String(agent.passedDeclined),
        String(agent.failedAccepted),
        String(agent.failedDeclined),
        number(agent.kappa),
      ]),
    ]),
  ]);
}

function learnedLines({ decisions, learned, calibrationError }: TenantJudges['report']): string[] {
  const few = `  fewer than ${MIN_DECISIONS} decisions: the plain mean of the judges counts, nothing is learned yet`;
  return [
    ...(decisions < MIN_DECISIONS ? [few] : []),
    `  calibration error ${number(calibrationError)} (of ${learned} learned probabilities and ${decisions - learned} plain scores)`,
  ];
}

function percent(share: number | null): string {
  return share === null ? '–' : `${Math.round(share * 100)} %`;
}

function number(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

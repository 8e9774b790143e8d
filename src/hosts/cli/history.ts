import type { CliCommand } from './commands.ts';
import { describeCosts, describeNotes, describeRuns, describeShown } from './history-text.ts';
import { readCount, readOptions, usage } from './options.ts';
import { printJson, printJsonLines, printLines } from './output.ts';
import { ask } from './reader.ts';
import { noRun, readRunId, RUN_WORDS } from './run-id.ts';

const JSON_OPTION = { json: { type: 'boolean', default: false } } as const;
const TENANT_OPTION = { ...JSON_OPTION, tenant: { type: 'string' } } as const;
const TENANT_HELP = ['--tenant <id>', "one repository only, by GitHub's numeric id"] as const;
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;

/** `muster runs`: the newest runs of the database. */
export const runsCommand: CliCommand = {
  form: 'runs [--json]',
  does: 'the newest runs',
  options: [TENANT_HELP, ['--limit <n>', `how many, at most ${MAX_LIMIT}; ${DEFAULT_LIMIT} where not said`]],
  run: async (args, environment) => {
    const { values } = readOptions(args, { ...TENANT_OPTION, limit: { type: 'string' } });
    const limit = Math.min(readCount('limit', values.limit) ?? DEFAULT_LIMIT, MAX_LIMIT);
    const tenantId = readCount('tenant', values.tenant);
    const runs = await ask(environment, { kind: 'runs', tenantId, limit });
    if (values.json) printJson(runs);
    else printLines(describeRuns(runs));
    return 0;
  },
};

/** `muster show <run>`: the timeline of one run. */
export const showCommand: CliCommand = {
  form: 'show <run> [--json]',
  does: 'everything that a run did: steps, signals, costs, effects',
  run: async (args, environment) => {
    const { values, positionals } = readOptions(args, JSON_OPTION, RUN_WORDS);
    const runId = readRunId(positionals);
    const run = await ask(environment, { kind: 'show', runId });
    if (run === null) throw noRun(runId);
    if (values.json) printJson(run);
    else printLines(describeShown(run));
    return 0;
  },
};

/** `muster cost`: what was spent, by repository, agent and model. */
export const costCommand: CliCommand = {
  form: 'cost [--json]',
  does: 'what was spent, by repository, agent and model',
  options: [TENANT_HELP],
  run: async (args, environment) => {
    const { values } = readOptions(args, TENANT_OPTION);
    const costs = await ask(environment, { kind: 'cost', tenantId: readCount('tenant', values.tenant) });
    if (values.json) printJson(costs);
    else printLines(describeCosts(costs));
    return 0;
  },
};

/** `muster memory [export]`: the notes of repositories; `export` writes one JSON object a line. */
export const memoryCommand: CliCommand = {
  form: 'memory [export] [--json]',
  does: 'the notes that are kept; `export` writes JSON Lines',
  options: [TENANT_HELP],
  run: async (args, environment) => {
    const words = { min: 0, max: 1, expected: '`export`, or nothing' };
    const { values, positionals } = readOptions(args, TENANT_OPTION, words);
    const [what] = positionals;
    if (what !== undefined && what !== 'export') throw usage(`expected ${words.expected}`);
    const tenantId = readCount('tenant', values.tenant);
    const notes = await ask(environment, { kind: 'memory', tenantId });
    if (what === 'export') printJsonLines(notes);
    else if (values.json) printJson(notes);
    else printLines(describeNotes(notes));
    return 0;
  },
};

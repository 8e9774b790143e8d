import { formatUsd } from '../../domain/money.ts';
import { totalSpend } from '../../domain/run-view.ts';
import type { GitHub } from '../../ports/github.ts';
import type { ControlCommand } from '../../router/commands.ts';
import type { RoutedCommand } from '../../router/routed.ts';
import { guardText } from '../../guards/guard-text.ts';
import { describeMemory } from '../../memory/describe.ts';
import { REPOSITORY_HORIZON } from '../../memory/horizon.ts';
import { forgetNote, rememberFact } from '../../memory/remember.ts';
import { loadCatalogue } from '../catalogue.ts';
import type { Engine } from '../engine.ts';
import { listRuns } from '../tables/run-rows.ts';

type Question = Extract<
  ControlCommand,
  { kind: 'agents' | 'cost' | 'help' | 'remember' | 'forget' | 'memory' }
>;

const HELP = [
  '| command | does |',
  '| --- | --- |',
  '| `/agent <name> [request]` | starts an agent here |',
  '| `/approve [run] [max=$2]` · `/reject [run] [reason]` | decides what waits |',
  '| `/rework [run] <what to change>` | sends it back |',
  '| `/retry [run]` · `/cancel [run]` | tries a failed run again · stops one |',
  '| `/agents` · `/cost` | what can be asked for · what was spent here |',
  '| `/remember <fact>` · `/forget <note>` · `/memory [query]` | what is kept about this repository |',
].join('\n');

/** The text that answers a question; notes are changed on the way. */
export async function answerCommand(
  engine: Engine,
  github: GitHub,
  asked: RoutedCommand,
  question: Question,
): Promise<string> {
  switch (question.kind) {
    case 'help':
      return HELP;
    case 'agents':
      return listAgents(engine, github);
    case 'cost':
      return describeCost(engine, asked);
    case 'remember': {
      const { config } = await loadCatalogue(github, engine.builtinAgents);
      const note = await rememberFact(engine.notes, asked.tenant.id, question.fact, {
        author: asked.actor.login,
        // The router let nobody below the threshold come here.
        isTrusted: true,
        sourceUrl: null,
        horizon: REPOSITORY_HORIZON,
        at: engine.clock.now(),
        days: config.memory.days,
      });
      return `Noted as \`${note.id}\`.`;
    }
    case 'forget':
      return (await forgetNote(engine.notes, asked.tenant.id, question.noteId))
        ? `Note \`${question.noteId}\` is forgotten.`
        : `There is no note \`${question.noteId}\`. \`/memory\` lists them.`;
    case 'memory':
      return guardText(await describeMemory(engine.notes, asked.tenant.id, question.query ?? ''), {
        subject: asked.subject,
        scanner: engine.scanner,
        pii: { mode: 'redact' },
        allowMentions: [],
      });
  }
}

async function listAgents(engine: Engine, github: GitHub): Promise<string> {
  const { agents, broken } = await loadCatalogue(github, engine.builtinAgents);
  const rows = [...agents]
    .sort((left, right) => left.name.localeCompare(right.name))
    .map(
      (agent) =>
        `| \`${agent.name}\` | ${agent.description.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')} |`,
    );
  const invalid = broken.map((file) => `\`${file.name}\` is invalid: ${file.problems[0]?.expected ?? ''}`);
  return ['| agent | does |', '| --- | --- |', ...rows, ...(invalid.length > 0 ? ['', ...invalid] : [])].join(
    '\n',
  );
}

async function describeCost(engine: Engine, { tenant, subject }: RoutedCommand): Promise<string> {
  const runs = await engine.database.transaction(tenant.id, async (tx) =>
    listRuns(tx, tenant.id, subject.number, 20),
  );
  if (runs.length === 0) return 'Nothing was spent here.';
  const rows = runs.map(({ run, view }) => {
    const spent = view === null ? 0 : totalSpend(view);
    return `| \`${run.request.runId}\` | ${run.request.work.name} | ${run.state} | ${formatUsd(spent)} |`;
  });
  return ['| run | agent | state | spent |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

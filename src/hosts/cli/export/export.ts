import { MusterError } from '../../../domain/errors.ts';
import { nearNames } from '../../../domain/near-names.ts';
import { loadLocalCatalogue } from '../agents.ts';
import type { CliCommand } from '../commands.ts';
import { readOptions, usage } from '../options.ts';
import { printJson, remark } from '../output.ts';
import { toClaude } from './claude.ts';
import { toCopilot } from './copilot.ts';
import { toGhAw } from './gh-aw.ts';

const FORMATS = { claude: toClaude, copilot: toCopilot, 'gh-aw': toGhAw };

/** `muster export`: an agent in another product's format, with a report of what that has no word for. */
export const exportCommand: CliCommand = {
  form: 'export <agent> --to claude|copilot|gh-aw [--json]',
  does: "an agent in another product's format",
  run: async (args) => {
    const words = { min: 1, max: 1, expected: 'one agent' };
    const options = { to: { type: 'string' }, json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = readOptions(args, options, words);
    const convert = Object.entries(FORMATS).find(([name]) => name === values.to)?.[1];
    if (convert === undefined) throw usage(`--to: expected one of ${Object.keys(FORMATS).join(', ')}`);
    const exported = convert(await findAgent(positionals[0] ?? ''));
    if (values.json) printJson(exported);
    // The file goes to stdout as it is: `> .claude/agents/x.md` has to give the very text.
    else process.stdout.write(exported.text);
    remark(`put it into ${exported.path}; left out:`);
    for (const line of exported.dropped) remark(`  ${line}`);
    return 0;
  },
};

async function findAgent(name: string) {
  const { agents } = await loadLocalCatalogue(process.cwd());
  const agent = agents.find((candidate) => candidate.name === name);
  if (agent !== undefined) return agent;
  const [near] = nearNames(
    name,
    agents.map((candidate) => candidate.name),
  );
  const hint = near === undefined ? '`muster agents` lists them' : `did you mean \`${near}\`?`;
  throw new MusterError('no_agent', `there is no valid agent \`${name}\`; ${hint}`);
}

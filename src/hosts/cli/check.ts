import path from 'node:path';
import { MusterError } from '../../domain/errors.ts';
import { checkText, describeChecks, kindOfFile } from './check-files.ts';
import type { CliCommand } from './commands.ts';
import { folderReader, readNamedFile, repositoryRoot } from './files.ts';
import { readOptions, usage } from './options.ts';
import { printJson, printLines } from './output.ts';

const CONFIG_FILE = '.github/muster.yml';
const AGENT_FOLDER = '.github/agents';

/** `muster check [file…]`: every problem with its file and line; exit code 1 where there is one. */
export const checkCommand: CliCommand = {
  form: 'check [file…] [--json]',
  does: 'what is wrong in muster.yml and agent files',
  options: [
    ['file…', "`muster.yml` or agent files (`*.md`); without any, those of this folder's repository"],
  ],
  run: async (args) => {
    const { values, positionals } = readOptions(
      args,
      { json: { type: 'boolean', default: false } },
      { min: 0, max: Infinity, expected: 'files' },
    );
    const files = positionals.length > 0 ? positionals : await filesOf(process.cwd());
    const checked = await Promise.all(
      files.map(async (file) => {
        const kind = kindOfFile(file);
        if (kind === null) throw usage(`${file}: expected a .md, .yml or .yaml file`);
        return checkText(file, kind, await readNamedFile(file));
      }),
    );
    const isValid = checked.every(({ problems }) => problems.length === 0);
    if (values.json) printJson({ isValid, files: checked });
    else printLines(describeChecks(checked));
    return isValid ? 0 : 1;
  },
};

/** Relative to `folder`, as a person there would name them. */
async function filesOf(folder: string): Promise<string[]> {
  const root = await repositoryRoot(folder);
  const reader = folderReader(root);
  const found = [
    ...((await reader.readFile(CONFIG_FILE, null)) === null ? [] : [CONFIG_FILE]),
    ...(await reader.listFolder(AGENT_FOLDER, null)).filter((file) => file.endsWith('.md')),
  ];
  if (found.length > 0) return found.map((file) => path.relative(folder, path.join(root, file)));
  throw new MusterError(
    'no_file',
    `there is no ${CONFIG_FILE} and no agent file in ${root}: \`muster init\` writes one`,
  );
}

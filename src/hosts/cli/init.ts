import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MusterError } from '../../domain/errors.ts';
import type { CliCommand } from './commands.ts';
import { codeOf, repositoryRoot } from './files.ts';
import { MUSTER_YML } from './muster-yml.ts';
import { readOptions } from './options.ts';
import { printJson, printLines } from './output.ts';

const NEXT = [
  'Commit it on the default branch, and protect it: `/.github/ @your-team` in CODEOWNERS.',
  'Set the key of a model provider, e.g. ANTHROPIC_API_KEY, then `muster serve`: it shows how to register the App.',
  'Put the label `agent:bug-root-cause-analyzer` on an issue, or comment `/agents`.',
];

/** `muster init`: writes a commented `.github/muster.yml`; an existing one is left alone. */
export const initCommand: CliCommand = {
  form: 'init [--json]',
  does: 'writes a commented .github/muster.yml',
  run: async (args) => {
    const { values } = readOptions(args, { json: { type: 'boolean', default: false } });
    const file = path.join(await repositoryRoot(process.cwd()), '.github', 'muster.yml');
    await mkdir(path.dirname(file), { recursive: true });
    try {
      await writeFile(file, MUSTER_YML, { flag: 'wx' });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      throw new MusterError(
        'file_exists',
        `${file} is there already; \`muster check\` says whether it is valid`,
      );
    }
    if (values.json) printJson({ file, next: NEXT });
    else printLines([`wrote ${file}`, '', 'Next:', ...NEXT.map((step, index) => `  ${index + 1}. ${step}`)]);
    return 0;
  },
};

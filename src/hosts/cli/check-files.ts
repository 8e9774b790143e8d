import path from 'node:path';
import { parseAgentFile } from '../../config/agent-file.ts';
import { parseConfig } from '../../config/config.ts';
import { describeProblem, type ConfigProblem } from '../../domain/config.ts';

export interface CheckedFile {
  file: string;
  kind: 'config' | 'agent';
  problems: ConfigProblem[];
  /** For the author; none of them makes a file invalid. */
  warnings: string[];
}

/** Markdown is an agent, YAML the configuration; null for a name that is neither. */
export function kindOfFile(file: string): CheckedFile['kind'] | null {
  const extension = path.extname(file).toLowerCase();
  if (extension === '.md') return 'agent';
  return extension === '.yml' || extension === '.yaml' ? 'config' : null;
}

/** Everything that is wrong with one file, and what its author should know. */
export function checkText(file: string, kind: CheckedFile['kind'], text: string): CheckedFile {
  const parsed = kind === 'config' ? parseConfig(text, file) : parseAgentFile(text, file, 'repository');
  return parsed.kind === 'valid'
    ? { file, kind, problems: [], warnings: parsed.warnings }
    : { file, kind, problems: parsed.problems, warnings: [] };
}

/** `file:line: key: expected` for each problem, then the warnings, then the sum. */
export function describeChecks(files: readonly CheckedFile[]): string[] {
  const problems = files.flatMap((checked) => checked.problems.map(describeProblem));
  const warnings = files.flatMap(({ file, warnings: texts }) =>
    texts.map((text) => `${file}: warning: ${text}`),
  );
  const sum =
    problems.length === 0 ? `${count(files.length, 'file')} valid` : count(problems.length, 'problem');
  return [...problems, ...warnings, sum];
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

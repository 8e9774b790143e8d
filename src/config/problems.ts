import type { z } from 'zod';
import type { ConfigProblem } from '../domain/config.ts';
import { nearNames } from '../domain/near-names.ts';
import type { YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/**
 * What a person has to change, in the order of the file: the line, the key's path, what was expected
 * there, and for an unknown word the one that was probably meant. `at` is the path of the checked value in
 * the source.
 */
export function problemsOf(
  source: YamlSource,
  schema: z.core.$ZodType,
  issues: readonly Issue[],
  at: readonly PropertyKey[] = [],
): ConfigProblem[] {
  const problem = (path: readonly PropertyKey[], expected: string): ConfigProblem => {
    const whole = [...at, ...path];
    return { file: source.file, line: source.lineOf(whole), key: pathText(whole), expected };
  };
  return issues
    .flatMap((issue) => flatten(issue))
    .flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return [problem(issue.path, expectation(issue))];
      const known = keysAt(schema, issue.path);
      return issue.keys.map((key) => problem([...issue.path, key], unknownWord('the keys ', key, known)));
    })
    .sort((left, right) => left.line - right.line);
}

function unknownWord(what: string, word: string, known: readonly string[]): string {
  const [near] = nearNames(word, known);
  const hint = near === undefined ? '' : `; did you mean \`${near}\`?`;
  return `expected one of ${what}${known.join(', ')}${hint}`;
}

/** Of a union's branches only the one that the author was writing: the one whose form fits. */
function flatten(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const branch = issue.errors.find((errors) => !errors.some(isWrongForm)) ?? issue.errors.find(isUnknownWord);
  if (branch === undefined) return [issue];
  return branch.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isUnknownWord([issue]: readonly Issue[]): boolean {
  return issue?.code === 'invalid_value' && typeof issue.input === 'string';
}

function isWrongForm(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return `expected ${noun(issue.expected)}, found ${found(issue.input)}`;
  if (issue.code === 'invalid_value') return unknownWord('', String(issue.input), issue.values.map(String));
  if (issue.code === 'too_small') {
    const relation = issue.inclusive === false ? 'more than' : 'at least';
    return `expected ${relation} ${issue.minimum}${unitOf(issue.origin)}`;
  }
  if (issue.code === 'too_big') {
    const relation = issue.inclusive === false ? 'less than' : 'at most';
    return `expected ${relation} ${issue.maximum}${unitOf(issue.origin)}`;
  }
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code === 'invalid_union') {
    return `expected ${issue.errors.map(formOf).join(', or ')}, found ${found(issue.input)}`;
  }
  return issue.message;
}

function formOf(branch: readonly Issue[]): string {
  const [issue] = branch;
  if (issue?.code === 'invalid_type') return noun(issue.expected);
  return issue?.code === 'invalid_value' ? `one of ${issue.values.join(', ')}` : 'another form';
}

const NOUNS: Record<string, string> = {
  object: 'keys with values',
  record: 'keys with values',
  array: 'a list',
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
};

function noun(expected: string): string {
  return NOUNS[expected] ?? expected;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function found(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 40))}`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'keys with values' : JSON.stringify(value);
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step).slice(0, 64)}`))
    .join('');
  return text.replace(/^\./, '') || '(file)';
}

/** The keys that a schema knows at a path, seen through what wraps its objects. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'optional' || def.type === 'default' || def.type === 'prefault') {
    return keysAt(def.innerType, path);
  }
  if (def.type === 'union') return def.options.flatMap((option) => keysAt(option, path));
  const [step, ...rest] = path;
  if (step === undefined) return def.type === 'object' ? Object.keys(def.shape) : [];
  if (def.type === 'object') {
    const inner = def.shape[String(step)];
    return inner === undefined ? [] : keysAt(inner, rest);
  }
  if (def.type === 'record') return keysAt(def.valueType, rest);
  return def.type === 'array' ? keysAt(def.element, rest) : [];
}

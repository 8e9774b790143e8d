import { isMap, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import type { ConfigProblem } from '../domain/config.ts';
import { isPlainObject } from '../domain/json.ts';

/** A YAML text as plain values, which still knows where each of them stands. */
export interface YamlSource {
  file: string;
  /** Null for an empty document. */
  value: unknown;
  /** The line in the file, from 1, of the key or item at a path, or of the nearest one above it. */
  lineOf(path: readonly PropertyKey[]): number;
}

const MAX_CHARACTERS = 131_072;

/**
 * Reads one YAML 1.2 document of at most 128 KiB. Duplicate keys, keys that are not text, tags, a second
 * document, and aliases (which can make a small file endless) are problems. `lineOffset` is added to every
 * line, for YAML that stands inside another file.
 */
export function readYaml(
  text: string,
  file: string,
  lineOffset = 0,
): { kind: 'valid'; source: YamlSource } | { kind: 'invalid'; problems: ConfigProblem[] } {
  const problem = (line: number, expected: string): ConfigProblem => ({
    file,
    line: line + lineOffset,
    key: '(file)',
    expected,
  });
  if (text.length > MAX_CHARACTERS) {
    return {
      kind: 'invalid',
      problems: [problem(1, `expected at most ${MAX_CHARACTERS} characters, found ${text.length}`)],
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    logLevel: 'error',
    prettyErrors: false,
    resolveKnownTags: false,
    stringKeys: true,
  });
  const problems = [...document.errors, ...document.warnings].map((error) =>
    problem(lines.linePos(error.pos[0]).line || 1, `expected valid YAML: ${error.message}`),
  );
  visit(document, {
    Alias: (_key, alias) => {
      const line = lines.linePos(alias.range?.[0] ?? 0).line || 1;
      problems.push(problem(line, `expected the value itself instead of the alias \`*${alias.source}\``));
    },
  });
  if (problems.length > 0) return { kind: 'invalid', problems: problems.slice(0, 20) };
  const lineOf = (path: readonly PropertyKey[]): number =>
    (lines.linePos(offsetOf(document, path)).line || 1) + lineOffset;
  return { kind: 'valid', source: { file, value: document.toJS(), lineOf } };
}

/** A section whose lines are all commented out is read as null by YAML: to a person it is absent. */
export function withoutEmptyKeys(value: unknown): unknown {
  if (value === null) return {};
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const step of path) {
    const next = childOf(node, step);
    if (next === null) return offset;
    offset = next.offset;
    node = next.value;
  }
  return offset;
}

function childOf(node: unknown, step: PropertyKey): { offset: number; value: unknown } | null {
  if (isMap<Node>(node)) {
    const pair = node.items.find((item) => String(item.key) === String(step));
    return pair === undefined ? null : { offset: pair.key.range?.[0] ?? 0, value: pair.value };
  }
  if (isSeq<Node>(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? null : { offset: item.range?.[0] ?? 0, value: item };
  }
  return null;
}

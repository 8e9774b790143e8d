import { isDeepStrictEqual } from 'node:util';
import { isMap, parseDocument, type Node, type ParsedNode, type YAMLMap } from 'yaml';
import type { Autonomy, MusterConfig } from '../domain/config.ts';
import { parseConfig } from './config.ts';

/**
 * The text of `muster.yml` with `agents.<agent>.autonomy` set and everything else as it was: comments, order,
 * formatting. Null where it can't be written so, or something else would get another meaning.
 */
export function changeAutonomy(text: string, agent: string, autonomy: Autonomy): string | null {
  const before = parseConfig(text, '');
  if (before.kind === 'invalid') return null;
  const changed = write(text, ['agents', agent, 'autonomy'], autonomy);
  const after = parseConfig(changed, '');
  if (after.kind === 'invalid') return null;
  return isDeepStrictEqual(after.config, withAutonomy(before.config, agent, autonomy)) ? changed : null;
}

function withAutonomy(config: MusterConfig, agent: string, autonomy: Autonomy): MusterConfig {
  const settings = config.agents[agent] ?? { enabled: true, model: null };
  return { ...config, agents: { ...config.agents, [agent]: { ...settings, autonomy } } };
}

/** Goes down the path as far as it is there, and writes the rest of it as flow maps. */
function write(text: string, path: readonly string[], value: string): string {
  let map: unknown = parseDocument(text, { stringKeys: true }).contents;
  let parent: ParsedNode | null = null;
  for (const [depth, name] of path.entries()) {
    const entry = flow(path.slice(depth), value);
    if (!isMap<ParsedNode, ParsedNode | null>(map)) return append(text, entry);
    const pair = map.items.find(({ key }) => String(key) === name);
    if (pair === undefined) return insert(text, map, parent, entry);
    if (!isMap(pair.value)) return replace(text, pair.value, entry.slice(`${name}:`.length));
    map = pair.value;
    parent = pair.key;
  }
  return text;
}

/** `a: { b: value }` of the path `a`, `b`. */
function flow([name = '', ...rest]: readonly string[], value: string): string {
  return `${name}: ${rest.length === 0 ? value : `{ ${flow(rest, value)} }`}`;
}

function append(text: string, entry: string): string {
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${entry}\n`;
}

/** Behind the brace, or as a line of its own below the key that the map belongs to. */
function insert(
  text: string,
  map: YAMLMap<ParsedNode, ParsedNode | null>,
  parent: ParsedNode | null,
  entry: string,
): string {
  const first = map.items[0]?.key.range[0];
  const start = map.range?.[0] ?? 0;
  if (map.flow === true)
    return splice(text, start + 1, start + 1, first === undefined ? ` ${entry} ` : ` ${entry},`);
  if (parent === null || first === undefined) return append(text, entry);
  const indent = text.slice(text.lastIndexOf('\n', first) + 1, first);
  const line = text.indexOf('\n', parent.range[1]) + 1;
  return splice(text, line, line, `${indent}${entry}\n`);
}

/** `spaced` begins with a space, which stands already where there is a value. */
function replace(text: string, node: Node | null, spaced: string): string {
  const [start = 0, end = 0] = node?.range ?? [];
  return splice(text, start, end, start === end ? spaced : spaced.trimStart());
}

function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

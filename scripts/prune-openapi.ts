import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isPlainObject } from '../src/domain/json.ts';
import { ACCESS } from '../src/simulator/rest/access.ts';

/*
 * Cuts GitHub's OpenAPI description (13 MB, 394 MB installed) down to the operations that the simulator
 * answers: `node scripts/prune-openapi.ts`. The full package is installed into a temporary folder.
 */

const PACKAGE = '@octokit/openapi@23.0.2';
const target = path.join(import.meta.dirname, '../src/simulator/openapi/github.json');
const wordsOnly = new Set(['description', 'summary', 'example', 'examples', 'externalDocs', 'tags', 'title']);

type Tree = Record<string, unknown>;

const source = readDescription();
const paths = prunePaths(asTree(source.paths));
const pruned = {
  openapi: source.openapi,
  info: { title: 'GitHub REST API, pruned', version: PACKAGE },
  paths,
  components: reachableComponents(paths),
};
writeFileSync(target, `${JSON.stringify(pruned)}\n`);

function readDescription(): Tree {
  const folder = mkdtempSync(path.join(tmpdir(), 'openapi-'));
  try {
    execFileSync('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', PACKAGE]);
    const file = path.join(folder, 'node_modules/@octokit/openapi/generated/api.github.com.json');
    return asTree(JSON.parse(readFileSync(file, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Keeps the listed operations, their parameters, bodies and answers below 300. */
function prunePaths(all: Tree): Tree {
  const wanted = new Set(Object.keys(ACCESS));
  const kept: Tree = {};
  for (const [route, item] of Object.entries(all)) {
    for (const [method, operation] of Object.entries(asTree(item))) {
      if (!isPlainObject(operation) || !wanted.delete(String(operation.operationId))) continue;
      kept[route] = { ...asTree(kept[route] ?? {}), [method]: pruneOperation(operation) };
    }
  }
  if (wanted.size > 0) throw new Error(`GitHub describes no ${[...wanted].join(', ')}`);
  return corrected(kept);
}

/** The list of installations demands accounts that are a user and an enterprise at once. */
function corrected(paths: Tree): Tree {
  const route = '/app/installations';
  const items = { $ref: '#/components/schemas/installation' };
  const content = { 'application/json': { schema: { type: 'array', items } } };
  const get = asTree(asTree(paths[route]).get);
  return { ...paths, [route]: { get: { ...get, responses: { 200: { description: '', content } } } } };
}

function pruneOperation(operation: Tree): Tree {
  const responses = Object.entries(asTree(operation.responses)).filter(([status]) => status < '400');
  const kept: Tree = { operationId: operation.operationId, responses: Object.fromEntries(responses) };
  if (Array.isArray(operation.parameters)) kept.parameters = operation.parameters.map(inlineParameter);
  if (operation.requestBody !== undefined) kept.requestBody = operation.requestBody;
  return asTree(withoutWords(kept, 'operation'));
}

/** The router only decodes parameters that stand in the operation itself. */
function inlineParameter(parameter: unknown): unknown {
  const reference = asTree(parameter).$ref;
  return typeof reference === 'string' ? lookUp(reference) : parameter;
}

/** Drops prose and examples, but never a property that happens to be called `title` or `description`. */
function withoutWords(value: unknown, parentKey: string): unknown {
  if (Array.isArray(value)) return value.map((entry) => withoutWords(entry, ''));
  if (!isPlainObject(value)) return value;
  const isNameMap = parentKey === 'properties' || parentKey === 'schemas';
  const entries = Object.entries(value)
    .filter(([key]) => isNameMap || !(wordsOnly.has(key) || key.startsWith('x-')))
    .map(([key, entry]) => [key, withoutWords(entry, isNameMap ? '' : key)]);
  const kept: Tree = Object.fromEntries(entries);
  if (parentKey === 'responses') return addDescriptions(kept);
  return isNameMap ? kept : withTypedNull(kept);
}

/** OpenAPI demands a description of every response. */
function addDescriptions(responses: Tree): Tree {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      asTree(response).$ref === undefined ? { description: '', ...asTree(response) } : response,
    ]),
  );
}

/** Ajv refuses `nullable` on a schema without `type`, and takes an `enum` at its word. */
function withTypedNull(schema: Tree): Tree {
  if (schema.nullable !== true) return schema;
  if (Array.isArray(schema.enum)) return { ...schema, enum: [...new Set([...schema.enum, null])] };
  if (schema.type !== undefined) return schema;
  const { nullable: _nullable, ...rest } = schema;
  return { anyOf: [rest, { type: 'object', nullable: true, enum: [null] }] };
}

/** Everything that the kept paths refer to, and what that refers to. */
function reachableComponents(from: Tree): Tree {
  const components: Record<string, Tree> = {};
  const queue = referencesIn(from);
  const seen = new Set<string>();
  for (let reference = queue.pop(); reference !== undefined; reference = queue.pop()) {
    if (seen.has(reference)) continue;
    seen.add(reference);
    const [, , group = '', name = ''] = reference.split('/');
    const kept = withoutWords(lookUp(reference), group === 'responses' ? 'response' : 'schema');
    const described = group === 'responses' ? { description: '', ...asTree(kept) } : kept;
    components[group] = { ...components[group], [name]: described };
    queue.push(...referencesIn(kept));
  }
  return components;
}

function referencesIn(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
}

function lookUp(reference: string): unknown {
  const found = reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => asTree(at)[key], source);
  if (found === undefined) throw new Error(`nothing at ${reference}`);
  return found;
}

function asTree(value: unknown): Tree {
  if (!isPlainObject(value)) throw new Error('the description is not shaped as expected');
  return value;
}

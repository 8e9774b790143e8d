import path from 'node:path';
import { z } from 'zod';
import { isAgentName } from '../domain/agent.ts';
import type { AgentDefinition, ParsedAgentFile, ToolGrant } from '../domain/agent.ts';
import { musterKeySchema, readMusterKey } from './agent-schema.ts';
import { splitFrontMatter } from './front-matter.ts';
import type { FrontMatter } from './front-matter.ts';
import { problemsOf } from './problems.ts';
import { readModelName, readToolNames } from './tool-names.ts';
import { WEBHOOK_EVENTS } from './webhook-events.ts';
import { readYaml, withoutEmptyKeys } from './yaml-source.ts';

const MAX_BODY_CHARACTERS = 131_072;
/** GitHub's limit for the prompt of a custom agent. */
const PORTABLE_PROMPT_CHARACTERS = 30_000;
const DEFAULT_TOOLS: ToolGrant[] = ['read', 'search'];
const DEFAULT_MODEL = 'standard';

const names = z.union([z.string(), z.array(z.string())]);
const servers = z.union([
  z.array(z.union([z.string(), z.record(z.string(), z.unknown())])),
  z.record(z.string(), z.unknown()),
]);

const fileSchema = z.looseObject({
  name: z.string().optional(),
  description: z.string().trim().min(1),
  tools: names.optional(),
  disallowedTools: names.optional(),
  model: names.optional(),
  maxTurns: z.int().min(1).max(200).default(30),
  'mcp-servers': servers.optional(),
  mcpServers: servers.optional(),
  muster: musterKeySchema.prefault({}),
});

type AgentFile = z.output<typeof fileSchema>;

/** Keys of Claude's subagents and GitHub's custom agents that mean nothing to Muster. */
const FOREIGN_KEYS = new Set(
  (
    'permissionMode skills hooks memory background isolation effort color ' +
    'target disable-model-invocation user-invocable metadata infer handoffs argument-hint'
  ).split(' '),
);

/**
 * The agent that a Markdown file defines, in the format of PRODUCT.md section 8, of Claude's subagents or
 * of GitHub's custom agents, with every default filled in; or everything that is wrong with it. Never
 * throws. What other formats allow and Muster doesn't know is a warning, what stands under `muster:` is
 * held strictly.
 */
export function parseAgentFile(
  text: string,
  file: string,
  origin: AgentDefinition['origin'],
): ParsedAgentFile {
  const parts = splitFrontMatter(text);
  if (parts === null) return invalid(file, 1, 'expected front matter between two lines of `---`');
  const yaml = readYaml(parts.yaml, file, parts.yamlLine);
  if (yaml.kind === 'invalid') return yaml;
  const parsed = fileSchema.safeParse(withoutEmptyKeys(yaml.source.value), { reportInput: true });
  if (!parsed.success) {
    return { kind: 'invalid', problems: problemsOf(yaml.source, fileSchema, parsed.error.issues) };
  }
  const name = slug(parsed.data.name ?? fileStem(file));
  if (!isAgentName(name)) {
    return invalid(
      file,
      yaml.source.lineOf(['name']),
      'expected letters or digits to make a name of',
      'name',
    );
  }
  return (
    promptProblem(parts, file) ?? toAgent(parsed.data, { name, file, origin, prompt: parts.body.trim() })
  );
}

function toAgent(
  file: AgentFile,
  facts: { name: string; file: string; origin: AgentDefinition['origin']; prompt: string },
): ParsedAgentFile {
  const tools = file.tools === undefined ? null : readToolNames(listOf(file.tools));
  const denied = readToolNames(listOf(file.disallowedTools));
  const grants = (tools?.grants ?? DEFAULT_TOOLS).filter((grant) => !denied.grants.includes(grant));
  const models = listOf(file.model);
  const model = models.map(readModelName).find((name) => name !== null);
  const agent: AgentDefinition = {
    name: facts.name,
    description: file.description,
    prompt: facts.prompt,
    path: facts.file,
    origin: facts.origin,
    tools: grants,
    model: model ?? DEFAULT_MODEL,
    maxTurns: file.maxTurns,
    ...readMusterKey(file.muster, grants),
    mcpServers: [...new Set([...serverNames(file['mcp-servers']), ...serverNames(file.mcpServers)])],
    unknownKeys: Object.keys(file).filter((key) => !(key in fileSchema.shape) && !FOREIGN_KEYS.has(key)),
  };
  const warnings = [
    ...(file.name !== undefined && file.name !== agent.name
      ? [`labels and commands call this agent \`${agent.name}\``]
      : []),
    ...(tools?.unknown ?? []).map(
      (tool) => `\`tools\`: ${quoted(tool)} is no tool of Muster's and is left out`,
    ),
    ...denied.unknown.map((tool) => `\`disallowedTools\`: ${quoted(tool)} is no tool of Muster's`),
    ...(models.length > 0 && model === undefined
      ? [`\`model\`: ${quoted(models.join(', '))} is not known; \`${DEFAULT_MODEL}\` is used`]
      : []),
    ...Object.keys(file)
      .filter((key) => FOREIGN_KEYS.has(key))
      .map((key) => `\`${key}\` has no effect here`),
    ...agent.unknownKeys.map((key) => `${quoted(key)} is no key of an agent file and has no effect`),
    ...warningsAbout(agent),
  ];
  return { kind: 'valid', agent, warnings };
}

function warningsAbout(agent: AgentDefinition): string[] {
  const canWrite = agent.tools.includes('edit') || agent.tools.includes('shell');
  return [
    ...(agent.outputs.pull_request !== undefined && !canWrite
      ? ['`muster.outputs.pull_request` needs `edit` or `shell` among the tools']
      : []),
    ...agent.on
      .filter(({ event }) => !WEBHOOK_EVENTS.includes(event))
      .map(({ event }) => `\`muster.on.${event}\` is no webhook event that Muster knows`),
    ...(agent.prompt.length > PORTABLE_PROMPT_CHARACTERS
      ? [
          `the prompt has ${agent.prompt.length} characters; GitHub's own agents take ${PORTABLE_PROMPT_CHARACTERS}`,
        ]
      : []),
  ];
}

function promptProblem(parts: FrontMatter, file: string): ParsedAgentFile | null {
  if (parts.body.trim() === '') {
    return invalid(file, parts.bodyLine, 'expected a prompt after the front matter', '(prompt)');
  }
  return parts.body.length > MAX_BODY_CHARACTERS
    ? invalid(file, parts.bodyLine, `expected at most ${MAX_BODY_CHARACTERS} characters`, '(prompt)')
    : null;
}

function invalid(file: string, line: number, expected: string, key = '(file)'): ParsedAgentFile {
  return { kind: 'invalid', problems: [{ file, line, key, expected }] };
}

function fileStem(file: string): string {
  return path.posix.basename(file).replace(/(\.agent)?\.md$/i, '');
}

/** GitHub's names are for showing (`Readme Creator`); labels and commands need one word. */
function slug(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);
}

function listOf(value: string | string[] | undefined): string[] {
  const items = typeof value === 'string' ? value.split(',') : (value ?? []);
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function serverNames(value: z.output<typeof servers> | undefined): string[] {
  const entries = Array.isArray(value) ? value : [value ?? {}];
  return entries.flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.keys(entry)));
}

function quoted(text: string): string {
  return `\`${text.replaceAll(/[`\s]+/g, ' ').slice(0, 60)}\``;
}

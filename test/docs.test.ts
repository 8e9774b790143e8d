import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseAgentFile } from '../src/config/agent-file.ts';
import { defaultConfig, parseConfig } from '../src/config/config.ts';
import { configFileSchema } from '../src/config/config-schema.ts';
import { parseCommands } from '../src/router/commands.ts';
import { COMMANDS } from '../src/hosts/cli/commands.ts';
import { METRICS } from '../src/telemetry/names.ts';
import { readMarkdownPage } from './support/markdown.ts';

const root = path.join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const files = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort();
const pages = new Map(files.map((file) => [file, readMarkdownPage(path.join(root, file))]));
const page = (file: string) => pages.get(file) ?? expect.fail(`there is no ${file}`);
const everywhere = [...pages].flatMap(([file, { spans, blocks }]) =>
  [...spans, ...blocks.map(({ text }) => text)].map((text) => ({ file, text })),
);

/** What stands in a code span or block and matches, with its page. */
function named(pattern: RegExp): { file: string; name: string }[] {
  return everywhere.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)].map((match) => ({ file, name: match[1] ?? match[0] })),
  );
}

describe('the documentation', () => {
  it('links to files and headings that exist', () => {
    const broken = [...pages].flatMap(([file, { links }]) =>
      links
        .filter((link) => !/^https?:/.test(link) && !resolves(file, link))
        .map((link) => `${file}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('names files of the repository that exist', () => {
    const found = named(/^((?:src|test|scripts|agents|\.github|\.ci)\/[\w./-]+)$/g);
    const ofUsers = /^\.github\/(agents|muster\.yml)/;
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter(({ name }) => !ofUsers.test(name) && !existsSync(path.join(root, name)))).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const scripts: unknown = JSON.parse(read('package.json')).scripts;
    const found = named(/npm (?:run )?((?<=run )[\w:]+|start|test)/g);
    expect(found.length).toBeGreaterThan(10);
    expect(found.filter(({ name }) => !Object.hasOwn(scripts ?? {}, name))).toEqual([]);
  });

  it('shows configuration that is valid', () => {
    const problems = blocksOf('yaml muster.yml').map(({ file, text }) => ({
      file,
      ...parseConfig(text, file),
    }));
    expect(problems.length).toBeGreaterThan(5);
    expect(problems.filter(({ kind }) => kind !== 'valid')).toEqual([]);
  });

  it('shows agent files that are valid', () => {
    const parsed = blocksOf('markdown agent').map(({ file, text }) =>
      parseAgentFile(text, file, 'repository'),
    );
    expect(parsed.length).toBeGreaterThan(2);
    expect(parsed.filter(({ kind }) => kind !== 'valid')).toEqual([]);
  });

  it('shows JSON and workflows that can be read', () => {
    for (const { text } of blocksOf('json')) expect(() => JSON.parse(text)).not.toThrow();
    for (const { text } of blocksOf('yaml')) expect(() => parse(text)).not.toThrow();
  });
});

describe('the page on configuration', () => {
  const { headings, blocks } = page('docs/configuration.md');

  it('has every key as a heading, and no other', () => {
    expect(headings.slice(1).sort()).toEqual(Object.keys(configFileSchema.shape).sort());
  });

  it('shows the defaults as they are', () => {
    const shown = blocks.find(({ text }) => text.includes('dry_run'))?.text ?? '';
    expect(Object.keys(parse(shown))).toEqual(Object.keys(configFileSchema.shape));
    expect(parseConfig(shown, 'muster.yml')).toMatchObject({ config: defaultConfig() });
  });
});

describe('the tables of commands', () => {
  const commandsOf = (file: string): string[] =>
    page(file).rows.flatMap(({ spans }) => spans.filter((span) => span.startsWith('/')));

  it.each(['README.md', 'docs/commands.md'])('of %s hold commands that are understood', (file) => {
    const forms = commandsOf(file).flatMap((form) => [
      filled(form),
      filled(form.replaceAll(/ \[[^\]]*\]/g, '')),
    ]);
    expect(forms.length).toBeGreaterThan(20);
    const understood = forms.map((form) => ({ form, kinds: parseCommands(form).map(({ kind }) => kind) }));
    expect(understood.filter(({ form, kinds }) => kinds.join() !== form.slice(1).split(' ')[0])).toEqual([]);
  });

  it('hold every command that the parser knows', () => {
    const known = [...read('src/router/commands.ts').matchAll(/^ {2}(\w+): (?:\(|read)/gm)].map(
      ([, word]) => `/${word}`,
    );
    const told = commandsOf('docs/commands.md').map((form) => form.split(' ')[0] ?? '');
    expect(told.sort()).toEqual(known.sort());
  });
});

describe('the tables of variables, inputs, tools, rooms and rows', () => {
  const environment = read('src/hosts/env.ts');

  it('name no environment variable that is not read', () => {
    const others = new Set(['MUSTER_TEST_DATABASE_URL', 'REQUEST_CHANGES', 'PROPOSAL_KINDS']);
    const found = named(/\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g).filter(({ name }) => !others.has(name));
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter(({ name }) => !environment.includes(`'${name}'`))).toEqual([]);
  });

  it('name every environment variable of the server', () => {
    const isRead = [...environment.matchAll(/\bread\('([A-Z_]+)'\)/g)].map(([, name]) => name);
    const told = firstColumns('docs/operating.md');
    expect(isRead.filter((name) => name === undefined || !told.has(name))).toEqual([]);
  });

  it('name every metric', () => {
    const { spans } = page('docs/operating.md');
    expect(Object.keys(METRICS).filter((name) => !spans.includes(name))).toEqual([]);
  });

  it('name the inputs and outputs of the Action', () => {
    const { inputs, outputs } = parse(read('action.yml'));
    const told = firstColumns('docs/action.md');
    expect(told).toEqual(new Set([...Object.keys(inputs), ...Object.keys(outputs)]));
  });

  it('name the commands of the command line', () => {
    expect(firstColumns('docs/cli.md')).toEqual(new Set(Object.keys(COMMANDS)));
  });

  it('name tools that exist', () => {
    const sources = globSync('src/tools/*.ts', { cwd: root }).map(read).join('\n');
    const table = page('docs/agents.md').spans.filter((span) => /^[a-z]+_[a-z_]+$/.test(span));
    const others = new Set(['pull_request', 'true_to_diff']);
    expect(table.filter((name) => !others.has(name) && !sources.includes(`'${name}'`))).toEqual([]);
  });

  it('name every built-in agent', () => {
    const builtin = readdirSync(path.join(root, 'agents')).filter((name) => name.endsWith('.md'));
    const { links } = page('README.md');
    expect(builtin.filter((name) => !links.includes(`agents/${name}`))).toEqual([]);
  });

  it('name every room of the sources', () => {
    const sources = globSync('src/**/*.ts', { cwd: root }).map((file) => file.split('/'));
    const rooms = new Set(
      sources.map(([, room = '', ...rest]) => (rest.length === 0 ? `src/${room}` : `src/${room}/`)),
    );
    const told = firstColumns('docs/architecture.md');
    expect(rooms.size).toBeGreaterThan(15);
    expect([...rooms].filter((room) => !told.has(room))).toEqual([]);
  });

  it('name every table of the database', () => {
    const folder = 'src/adapters/postgres/migrations';
    const sql = readdirSync(path.join(root, folder)).map((file) => read(`${folder}/${file}`));
    const tables = [...sql.join('\n').matchAll(/^CREATE TABLE (\w+)/gm)].map(([, name]) => name ?? '');
    const told = firstColumns('docs/architecture.md');
    expect(tables.filter((name) => !told.has(name))).toEqual([]);
  });
});

/** The code spans in the first column of a page's tables. */
function firstColumns(file: string): Set<string> {
  return new Set(page(file).rows.flatMap(({ spans }) => spans));
}

function blocksOf(info: string): { file: string; text: string }[] {
  return [...pages].flatMap(([file, { blocks }]) =>
    blocks.filter((block) => block.info === info).map(({ text }) => ({ file, text })),
  );
}

function resolves(file: string, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const wanted = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
  if (!existsSync(path.join(root, wanted))) return false;
  return anchor === undefined || pages.get(wanted)?.anchors.includes(anchor) === true;
}

/** A form such as `/approve [run] [max=$2]` as a person would write it. */
function filled(form: string): string {
  return form
    .replaceAll('[run]', 'r_aaaaaaaaaaaa')
    .replaceAll('<name>', 'triager')
    .replaceAll(/<note>/g, 'n_abc')
    .replaceAll(/[[\]<>]/g, '');
}

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/*
 * domain 0 · ports 1 · rooms and adapters 2 · runs 3 · app, dashboard, simulator 4 · hosts 5.
 * Imports go strictly downwards; rooms of rank 2 meet as arguments in runs/.
 */
const RANK: Record<string, number> = {
  domain: 0,
  ports: 1,
  config: 2,
  router: 2,
  agent: 2,
  tools: 2,
  guards: 2,
  judge: 2,
  gate: 2,
  publish: 2,
  memory: 2,
  costs: 2,
  tenancy: 2,
  telemetry: 2,
  adapters: 2,
  runs: 3,
  'app.ts': 4,
  dashboard: 4,
  simulator: 4,
  hosts: 5,
  'index.ts': 6,
};

const SDKS =
  /^(probot|@octokit\/(?!graphql-schema)|ai$|@ai-sdk\/|pg$|pg-boss|keyv|@keyv\/|@electric-sql\/|execa|@secretlint\/|@actions\/|@opentelemetry\/)/;

const root = path.join(import.meta.dirname, '..', 'src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll(path.sep, '/'));

function roomOf(file: string): string {
  return file.split('/')[0] ?? file;
}

function importsOf(file: string): string[] {
  const source = readFileSync(path.join(root, file), 'utf8');
  return [...source.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '');
}

function violations(check: (file: string, specifier: string) => string | null): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((specifier) => {
      const problem = check(file, specifier);
      return problem === null ? [] : [`${file} imports ${specifier}: ${problem}`];
    }),
  );
}

describe('architecture', () => {
  it('knows the rank of every room', () => {
    expect(files.map(roomOf).filter((room) => !(room in RANK))).toEqual([]);
  });

  it('imports strictly downwards, and rooms of one rank never import each other', () => {
    const found = violations((file, specifier) => {
      if (!specifier.startsWith('.')) return null;
      const target = roomOf(path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier)));
      const room = roomOf(file);
      if (target === room) return null;
      return (RANK[target] ?? 99) < (RANK[room] ?? -1) ? null : 'not downwards';
    });
    expect(found).toEqual([]);
  });

  it('uses SDKs only in adapters and hosts', () => {
    const found = violations((file, specifier) =>
      SDKS.test(specifier) && !['adapters', 'hosts'].includes(roomOf(file)) ? 'an SDK' : null,
    );
    expect(found).toEqual([]);
  });

  it('keeps the domain and the ports free of packages and I/O', () => {
    const found = violations((file, specifier) =>
      ['domain', 'ports'].includes(roomOf(file)) && !specifier.startsWith('.') && specifier !== 'node:crypto'
        ? 'not pure'
        : null,
    );
    expect(found).toEqual([]);
  });

  it('reads process.env in hosts/env.ts only', () => {
    const found = files.filter(
      (file) =>
        file !== 'hosts/env.ts' && readFileSync(path.join(root, file), 'utf8').includes('process.env'),
    );
    expect(found).toEqual([]);
  });

  it('keeps every source file within 250 lines', () => {
    const found = files.filter(
      (file) => readFileSync(path.join(root, file), 'utf8').split('\n').length > 251,
    );
    expect(found).toEqual([]);
  });
});

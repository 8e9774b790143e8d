import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readInputs } from '../../../src/hosts/action/inputs.ts';
import { outputsOf } from '../../../src/hosts/action/result.ts';

const read = (inputs: Record<string, string>) =>
  readInputs((name) => ({ 'github-token': 'ghs_token', ...inputs })[name] ?? '');

const action = parse(readFileSync(path.join(import.meta.dirname, '../../../action.yml'), 'utf8')) as Record<
  'inputs' | 'outputs',
  Record<string, { default?: string; description: string }>
>;

describe('readInputs', () => {
  it('takes every input as absent but the token', () => {
    expect(read({})).toEqual({
      token: 'ghs_token',
      agent: null,
      request: null,
      wishes: { isDryRun: false, overrides: {} },
      databaseUrl: null,
      providers: {},
    });
  });

  it('reads what is given', () => {
    expect(
      read({
        agent: 'code-reviewer',
        request: ' Look at the locks. ',
        model: 'deep',
        'anthropic-api-key': 'sk-ant',
        'openai-compatible-base-url': 'http://127.0.0.1:1/v1',
        'budget-usd': '0.25',
        'judge-threshold': '0.9',
        'database-url': 'postgres://u@h/d',
        'dry-run': 'True',
      }),
    ).toEqual({
      token: 'ghs_token',
      agent: 'code-reviewer',
      request: 'Look at the locks.',
      wishes: {
        isDryRun: true,
        overrides: { model: 'deep', budgetMicroUsd: 250_000, judgeThreshold: 0.9 },
      },
      databaseUrl: 'postgres://u@h/d',
      providers: { ANTHROPIC_API_KEY: 'sk-ant', OPENAI_COMPATIBLE_BASE_URL: 'http://127.0.0.1:1/v1' },
    });
  });

  it.each([
    ['github-token', { 'github-token': '' }],
    ['agent', { agent: 'Code Reviewer' }],
    ['agent', { agent: '../triager' }],
    ['request', { request: 'Do it.' }],
    ['budget-usd', { 'budget-usd': '$1' }],
    ['budget-usd', { 'budget-usd': '0' }],
    ['budget-usd', { 'budget-usd': '-1' }],
    ['budget-usd', { 'budget-usd': '1e9' }],
    ['judge-threshold', { 'judge-threshold': '70' }],
    ['judge-threshold', { 'judge-threshold': 'NaN' }],
    ['dry-run', { 'dry-run': 'yes' }],
    ['state', { state: 'branch' }],
    ['state', { state: 'disk' }],
    ['state', { state: 'none', 'database-url': 'postgres://u@h/d' }],
    ['database-url', { state: 'database' }],
  ])('refuses a bad `%s` by its name: %o', (name, inputs) => {
    expect(() => read(inputs)).toThrow(`Input \`${name}\`: expected `);
  });

  it('never repeats the value that it refuses', () => {
    expect(() => read({ 'budget-usd': 'sk-secret' })).not.toThrow(/sk-secret/);
  });
});

describe('action.yml', () => {
  it('declares exactly the inputs that are read', () => {
    const asked = new Set<string>();
    readInputs((name) => {
      asked.add(name);
      return { 'github-token': 't', agent: 'a' }[name] ?? '';
    });
    expect(Object.keys(action.inputs).sort()).toEqual([...asked].sort());
  });

  it('declares exactly the outputs that are set', () => {
    expect(Object.keys(action.outputs).sort()).toEqual(Object.keys(outputsOf('', [])).sort());
  });

  it('has defaults that are accepted', () => {
    const defaults = Object.fromEntries(
      Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']),
    );
    expect(readInputs((name) => defaults[name] ?? '').wishes).toEqual({ isDryRun: false, overrides: {} });
  });
});

import { describe, expect, it } from 'vitest';
import { pemOf, readEnvironment } from '../../src/hosts/env.ts';

const LINE_ONE = 'MIIEowIBAAKCAQEA'.padEnd(64, 'a');
const LINE_TWO = 'bbbb'.padEnd(64, 'b');
const PEM = `-----BEGIN RSA PRIVATE KEY-----\n${LINE_ONE}\n${LINE_TWO}\n-----END RSA PRIVATE KEY-----\n`;

describe('readEnvironment', () => {
  it('has a default for all that may be absent', () => {
    expect(readEnvironment({})).toEqual({
      app: { appId: null, privateKey: null, webhookSecret: null },
      databaseUrl: null,
      port: 3000,
      githubApiUrl: 'https://api.github.com',
      dataDirectory: './data',
      logLevel: 'info',
      providers: {
        anthropic: { apiKey: null, baseUrl: null },
        openai: { apiKey: null, baseUrl: null },
        google: { apiKey: null, baseUrl: null },
        compatible: { apiKey: null, baseUrl: null },
      },
      otel: {},
      secretValues: [],
    });
  });

  it('reads what is given', () => {
    const environment = readEnvironment({
      APP_ID: '5',
      WEBHOOK_SECRET: ' spaced ',
      DATABASE_URL: 'postgres://u@h/d',
      PORT: '0',
      GITHUB_API_URL: 'https://ghe.example/api/v3/',
      MUSTER_DATA_DIR: '/var/muster',
      LOG_LEVEL: 'WARN',
      ANTHROPIC_API_KEY: 'sk-ant-1',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
      OPENAI_COMPATIBLE_BASE_URL: 'http://127.0.0.1:2/v1',
      OTEL_SERVICE_NAME: 'muster',
    });
    expect(environment).toMatchObject({
      app: { appId: '5', webhookSecret: 'spaced' },
      databaseUrl: 'postgres://u@h/d',
      port: 0,
      githubApiUrl: 'https://ghe.example/api/v3',
      dataDirectory: '/var/muster',
      logLevel: 'warn',
      otel: { OTEL_SERVICE_NAME: 'muster' },
    });
    expect(environment.providers.anthropic).toEqual({ apiKey: 'sk-ant-1', baseUrl: 'http://127.0.0.1:1' });
    expect(environment.providers.compatible).toEqual({ apiKey: null, baseUrl: 'http://127.0.0.1:2/v1' });
  });

  it('takes an empty variable as an absent one', () => {
    const environment = readEnvironment({ APP_ID: '', PORT: ' ', LOG_LEVEL: '', DATABASE_URL: '' });
    expect(environment).toEqual(readEnvironment({}));
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '3000.5'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_LEVEL', 'constructor'],
  ])('refuses %s=%s by name', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(new RegExp(`^${name}: expected`));
  });

  it('refuses an API URL that is none', () => {
    expect(() => readEnvironment({ GITHUB_API_URL: 'github' })).toThrow(/GITHUB_API_URL/);
  });
});

describe('pemOf', () => {
  it.each([
    ['real newlines', PEM],
    ['written newlines', PEM.replaceAll('\n', String.raw`\n`)],
    ['Windows newlines', PEM.replaceAll('\n', '\r\n')],
    ['base64', Buffer.from(PEM).toString('base64')],
    ['base64 of written newlines', Buffer.from(PEM.replaceAll('\n', String.raw`\n`)).toString('base64')],
  ])('reads a key with %s', (_form, text) => {
    expect(pemOf(text)).toBe(PEM);
  });

  it('leaves what is no key for the credentials to refuse', () => {
    expect(pemOf('nonsense')).toBe('nonsense\n');
  });
});

describe('secretValues', () => {
  it('holds the key as given, as PEM and line by line', () => {
    const given = Buffer.from(PEM).toString('base64');
    expect(readEnvironment({ PRIVATE_KEY: given }).secretValues).toEqual(
      expect.arrayContaining([given, PEM.trim(), LINE_ONE, LINE_TWO]),
    );
  });

  it.each([
    ['WEBHOOK_SECRET', 'hook-secret', 'hook-secret'],
    ['OPENAI_API_KEY', 'sk-openai-1', 'sk-openai-1'],
    ['GITHUB_TOKEN', 'ghs_12345678', 'ghs_12345678'],
    ['INPUT_GITHUB-TOKEN', 'ghs_12345678', 'ghs_12345678'],
    ['INPUT_ANTHROPIC-API-KEY', 'sk-ant-12', 'sk-ant-12'],
    ['AWS_SECRET_ACCESS_KEY', 'aws-secret-1', 'aws-secret-1'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'x-team=a,authorization=Bearer otel-secret', 'Bearer otel-secret'],
    ['DATABASE_URL', 'postgres://u:pass%40word@h/d', 'pass@word'],
    ['DATABASE_URL', 'postgres://u:pass%40word@h/d', 'pass%40word'],
    ['HTTPS_PROXY', 'http://me:proxypass@proxy:3128', 'proxypass'],
  ])('finds that of %s', (name, value, secret) => {
    expect(readEnvironment({ [name]: value }).secretValues).toContain(secret);
  });

  it('leaves ordinary values and very short secrets alone: redacting them would eat the text', () => {
    const environment = {
      PATH: '/usr/local/bin',
      SSH_AUTH_SOCK: '/tmp/agent.sock',
      API_KEY: 'test',
      HOME: '/home/muster',
    };
    expect(readEnvironment(environment).secretValues).toEqual([]);
  });

  it('comes longest first, so that a secret inside another doesn’t leave its rest', () => {
    const { secretValues } = readEnvironment({ A_TOKEN: 'abcdefgh', B_TOKEN: 'abcdefgh-longer' });
    expect(secretValues).toEqual(['abcdefgh-longer', 'abcdefgh']);
  });
});

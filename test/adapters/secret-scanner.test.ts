import { describe, expect, it } from 'vitest';
import { createSecretScanner } from '../../src/adapters/secret-scanner.ts';
import { secretScannerContract } from '../contracts/secret-scanner.ts';
import { githubToken, randomText } from '../guards/samples.ts';

secretScannerContract('createSecretScanner', createSecretScanner);

const HEX = '0123456789abcdef';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const scanner = createSecretScanner({ ownSecrets: [] });

async function kindsIn(text: string, path?: string): Promise<string[]> {
  return [...new Set((await scanner.scan(text, path)).map(({ kind }) => kind))];
}

async function covers(text: string, secret: string): Promise<boolean> {
  const start = text.indexOf(secret);
  return (await scanner.scan(text)).some(
    (found) => found.start <= start && found.end >= start + secret.length,
  );
}

/** As a generator makes them: every class of characters, no word. */
const strongPassword = `${randomText(8)}!${randomText(9, undefined, 99)}4z`;

const jwt = [
  { alg: 'HS256', typ: 'JWT' },
  { sub: '1234567890', iat: 1_516_239_022 },
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat(randomText(43))
  .join('.');

const pem = (kind: string, body = randomText(640).replace(/(.{64})/g, '$1\n')): string =>
  ['-----BEGIN ', kind, '-----\n', body, '-----END ', kind, '-----'].join('');

const formats: [string, string][] = [
  ['GitHub token', githubToken()],
  ['GitHub token', `github_pat_${randomText(22)}_${randomText(59)}`],
  ['GitHub token', `ghs_123456_${jwt}`],
  ['GitLab token', `glpat-${randomText(20)}`],
  ['JSON Web Token', jwt],
  ['Google API key', `AIza${randomText(35)}`],
  ['Google OAuth secret', `GOCSPX-${randomText(28)}`],
  ['AWS key', `AKIA${randomText(16, UPPER)}`],
  ['Azure client secret', `${randomText(3)}8Q~${randomText(34)}`],
  ['DigitalOcean token', `dop_v1_${randomText(64, HEX)}`],
  ['Telegram bot token', `7012345678:AA${randomText(33)}`],
  ['Discord bot token', `M${randomText(25)}.${randomText(6)}.${randomText(38)}`],
  ['Slack token', `xoxb-123456789012-1234567890123-${randomText(24)}`],
  ['Twilio key', `SK${randomText(32, HEX)}`],
  ['SendGrid key', `SG.${randomText(22)}.${randomText(43)}`],
  ['Stripe key', `sk_live_${randomText(24)}`],
  ['PyPI token', `pypi-AgE${randomText(80)}`],
  ['NuGet key', `oy2${randomText(43, 'abcdefghijklmnopqrstuvwxyz0123456789')}`],
  ['npm token', `npm_${randomText(36)}`],
  ['Docker token', `dckr_pat_${randomText(27)}`],
  ['OpenAI key', `sk-proj-${randomText(100)}`],
  ['Anthropic key', `sk-ant-api03-${randomText(93)}AA`],
  ['Databricks token', `dapi${randomText(32, HEX)}`],
  ['New Relic key', `NRAK-${randomText(27, UPPER)}`],
  ['Datadog key', `ddapp_${randomText(34)}`],
  ['Vault token', `hvs.${randomText(95)}`],
  ['Supabase key', `sbp_${randomText(40, HEX)}`],
  ['private key', pem('RSA PRIVATE KEY')],
  ['private key', pem('OPENSSH PRIVATE KEY')],
];

describe('attacks', () => {
  it.each(formats)('finds a %s whole', async (kind, secret) => {
    expect(await covers(`before ${secret} behind`, secret)).toBe(true);
    expect(await kindsIn(`before ${secret} behind`)).toContain(kind);
  });

  it.each(formats)('finds a %s behind JSON, percent and base64 encoding', async (_kind, secret) => {
    for (const hidden of [
      JSON.stringify({ error: secret }),
      encodeURIComponent(`x=${secret}`),
      Buffer.from(`x=${secret}`).toString('base64'),
    ]) {
      expect(await kindsIn(hidden)).not.toEqual([]);
    }
  });

  it.each([
    ['a password in YAML', `password: "${strongPassword}"`],
    ['a password in an env file', `DB_PASSWORD=${strongPassword}`],
    ['a secret key in a diff', `+secret_key: ${randomText(64, HEX)}`],
    ['a client secret in code', `const client = new Client({ clientSecret: '${randomText(32)}' });`],
    ['a fallback of an env lookup', `getOrDefault("api_token", "${randomText(40)}")`],
    ['a password in a URL', `https://ci:${randomText(20)}@artifacts.acme.dev/npm/`],
    ['a database URL', `postgres://svc:${randomText(18)}@db.internal:5432/app`],
    ['curl with a user', `curl -u admin:${randomText(16)} https://acme.dev`],
    ['an Authorization header', `-H "Authorization: Bearer ${randomText(40)}"`],
    [
      'an Azure connection string',
      `AccountName=a;AccountKey=${randomText(86)}==;EndpointSuffix=core.windows.net`,
    ],
    ['a shared access signature', `https://a.blob.core.windows.net/c?sp=r&sig=${randomText(43)}%3D`],
    ['a key without its end', `${pem('RSA PRIVATE KEY').split('\n').slice(0, 3).join('\n')}\n`],
  ])('finds %s', async (_name, text) => {
    expect(await kindsIn(text)).not.toEqual([]);
  });

  it('finds a token with invisible characters, Markdown escapes or entities in it', async () => {
    const token = githubToken();
    for (const split of [
      `${token.slice(0, 10)}\u200B${token.slice(10)}`,
      token.replace('_', '\\_'),
      token.replace('_', '&#95;'),
    ]) {
      expect((await scanner.scan(`see ${split}.`))[0]).toMatchObject({ start: 4, end: 4 + split.length });
    }
  });

  it('is not switched off by comments in the text', async () => {
    const token = githubToken();
    for (const comment of [
      '// secretlint-disable',
      '# secretlint-disable-line',
      '/* secretlint-disable-next-line */',
    ]) {
      expect(await covers(`${comment}\n${token} ${comment}\n`, token)).toBe(true);
    }
  });

  it('takes what follows a token into the finding, so that no piece of it is left', async () => {
    const secret = `${githubToken()}EXTRA_tail-1`;
    expect(await covers(`x ${secret} y`, secret)).toBe(true);
  });

  it('finds a line of a key that the process holds', async () => {
    const key = pem('PRIVATE KEY');
    const line = key.split('\n')[3] ?? '';
    const holding = createSecretScanner({ ownSecrets: [key] });
    expect(await holding.scan(`log: ${line}`)).not.toEqual([]);
    expect(await scanner.scan(`log: ${line}`)).toEqual([]);
  });

  it('leaves values that are too short to be secrets alone', async () => {
    const holding = createSecretScanner({ ownSecrets: ['', 'main', '  '] });
    expect(await holding.scan('push to main')).toEqual([]);
  });

  it('reads hostile repetition within the time that a test has', async () => {
    for (const piece of ['eyJ', 'password=', 'https://a:', 'a1B2', '-----BEGIN PRIVATE KEY-----']) {
      expect(await scanner.scan(piece.repeat(60_000 / piece.length))).toBeInstanceOf(Array);
    }
  });
});

describe('innocent look-alikes', () => {
  it.each([
    ['a token of x', `GITHUB_TOKEN=ghp_${'x'.repeat(36)}`],
    ['a masked token', `token=ghp_${'*'.repeat(28)}IvGc`],
    ['an env reference', "const apiKey = process.env.BILLING_API_KEY || '';"],
    ['an Actions reference', 'password: ${{ secrets.REGISTRY_PASSWORD }}'],
    ['a vault reference', 'password: vault:secret/data/web#password'],
    ['a Kubernetes reference', 'valueFrom: { secretKeyRef: { name: web-db, key: password } }'],
    ['a translation', '"login.password.forgot": "Forgot your password? Ask for a token."'],
    ['a git commit', `commit ${randomText(40, HEX)}`],
    ['a pinned action', `uses: actions/checkout@${randomText(40, HEX)} # v5.0.0`],
    ['an npm integrity', `"integrity": "sha512-${randomText(86)}=="`],
    ['a Go checksum', `github.com/pkg/errors v0.9.1 h1:${randomText(43)}=`],
    ['a Docker digest', `FROM node@sha256:${randomText(64, HEX)}`],
    ['a UUID', 'trace_id=123e4567-e89b-42d3-a456-426614174000'],
    ['a colour', '--token-colour: #2f81f7;'],
    ['a path', '/run/secrets/db-password/123e4567-e89b-42d3-a456-426614174000'],
    ['a public key', `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${randomText(43)} dev@host`],
    ['a certificate', pem('CERTIFICATE')],
    ['a PGP public key', pem('PGP PUBLIC KEY BLOCK')],
    ['a type', 'type Result = RealtimeFactoryV4GetTokenResult;'],
    ['a member', 'const secret = config.SecretKeyV2Value;'],
    ['a public token', `publicToken = "${randomText(43)}"`],
    ['an id of a credential', "credentialsId: '123e4567-e89b-42d3-a456-426614174000'"],
    ['a password of a README', 'postgres://postgres:postgres@localhost:5432/app'],
    ['curl with a password of a README', 'curl -s -u admin:admin http://localhost:3000/api/health'],
    ['a port with a mention', 'http://localhost:3000/@scope/pkg'],
    ['an account id', 'account_id: 123456789012'],
    ['what a redaction left', 'password=[redacted: password], token: [redacted: GitHub token]'],
  ])('leaves %s', async (_name, text) => {
    expect(await kindsIn(text)).toEqual([]);
  });
});

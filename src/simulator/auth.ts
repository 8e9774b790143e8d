import { createHmac, createVerify } from 'node:crypto';
import { z } from 'zod';
import { GitHubError } from './errors.ts';
import type { App, Installation, Permissions, User } from './model.ts';
import type { Caller, SimulatorState, Token } from './state.ts';

/** GitHub refuses JWTs that live longer. */
const MAX_JWT_SECONDS = 600;
const TOKEN_LIFE_MS = 3_600_000;

const jwtHeader = z.object({ alg: z.string() });
const jwtClaims = z.object({
  iss: z.union([z.string(), z.number()]),
  iat: z.number().int(),
  exp: z.number().int(),
});

/** Who an `Authorization` header stands for. Throws 401 for one that is wrong, expired or revoked. */
export function authenticate(state: SimulatorState, header: string | undefined): Caller {
  if (header === undefined || header === '') return { kind: 'anonymous' };
  const credential = credentialIn(header);
  const token = state.tokens.get(credential);
  if (token !== undefined) return callerOf(state, token);
  if (/^gh[a-z]_/.test(credential) || credential.split('.').length !== 3) throw badCredentials();
  return { kind: 'app', app: verifyJwt(state, credential) };
}

/** A token of an installation, for an hour; long, as GitHub's are since 2026 (`ghs_APPID_JWT`). */
export function issueInstallationToken(
  state: SimulatorState,
  app: App,
  installation: Installation | null,
  scope: { permissions: Permissions; repositoryIds: Set<number> | null },
): Token & { expiresAt: Date } {
  const expiresAt = new Date(state.clock.now().getTime() + TOKEN_LIFE_MS);
  const claims = {
    jti: state.nextId(),
    iid: installation?.id ?? 0,
    exp: Math.floor(expiresAt.getTime() / 1000),
  };
  const token = {
    value: `ghs_${app.id}_${signed(claims, app.clientSecret)}`,
    userId: app.bot.id,
    appId: app.id,
    installationId: installation?.id ?? null,
    permissions: { metadata: 'read' as const, ...scope.permissions },
    repositoryIds: scope.repositoryIds,
    expiresAt,
  };
  state.tokens.set(token.value, token);
  return token;
}

/** A person's token, without expiry: they may do what their role on a repository allows. */
export function issuePersonToken(state: SimulatorState, user: User): Token {
  const token: Token = {
    value: `ghp_${signed({ jti: state.nextId(), sub: user.id }, user.nodeId)
      .replaceAll(/[^A-Za-z0-9]/g, '')
      .slice(-36)}`,
    userId: user.id,
    appId: null,
    installationId: null,
    permissions: {},
    repositoryIds: null,
    expiresAt: null,
  };
  state.tokens.set(token.value, token);
  return token;
}

function credentialIn(header: string): string {
  const [scheme = '', value = ''] = header.split(/\s+/, 2);
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'token':
      return value;
    case 'basic': {
      const pair = Buffer.from(value, 'base64').toString('utf8');
      return pair.slice(pair.indexOf(':') + 1);
    }
    default:
      throw badCredentials();
  }
}

function callerOf(state: SimulatorState, token: Token): Caller {
  const user = state.users.get(token.userId);
  const isExpired = token.expiresAt !== null && token.expiresAt <= state.clock.now();
  if (user === undefined || isExpired) throw badCredentials();
  if (token.appId === null) return { kind: 'person', user, token: token.value };
  const app = state.apps.get(token.appId);
  const installation =
    token.installationId === null ? null : (state.installations.get(token.installationId) ?? null);
  if (app === undefined || (token.installationId !== null && installation === null)) throw badCredentials();
  if (installation !== null && installation.suspendedAt !== null) {
    throw new GitHubError(403, 'This installation has been suspended');
  }
  return {
    kind: 'installation',
    app,
    user,
    installation,
    permissions: token.permissions,
    repositoryIds: token.repositoryIds,
    token: token.value,
  };
}

function verifyJwt(state: SimulatorState, jwt: string): App {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const parsedHeader = jwtHeader.safeParse(decode(header));
  const parsed = jwtClaims.safeParse(decode(claims));
  if (!parsed.success || parsedHeader.data?.alg !== 'RS256') throw undecodable();
  const app = [...state.apps.values()].find((entry) =>
    [String(entry.id), entry.clientId].includes(String(parsed.data.iss)),
  );
  if (app === undefined) throw new GitHubError(404, 'Integration not found');
  const verifier = createVerify('RSA-SHA256').update(`${header}.${claims}`);
  if (!verifier.verify(app.publicKey, signature, 'base64url')) throw undecodable();
  checkTimes(state, parsed.data);
  return app;
}

function checkTimes(state: SimulatorState, { iat, exp }: { iat: number; exp: number }): void {
  const now = Math.floor(state.clock.now().getTime() / 1000);
  if (exp <= now) {
    const rule = 'must be a numeric value representing the future time at which the assertion expires';
    throw new GitHubError(401, `'Expiration time' claim ('exp') ${rule}`);
  }
  if (exp > now + MAX_JWT_SECONDS) {
    throw new GitHubError(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (iat > now) {
    const rule = 'must be an Integer representing the time that the assertion was issued';
    throw new GitHubError(401, `'Issued at' claim ('iat') ${rule}`);
  }
}

function signed(claims: object, key: string): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function badCredentials(): GitHubError {
  return new GitHubError(401, 'Bad credentials');
}

function undecodable(): GitHubError {
  return new GitHubError(401, 'A JSON web token could not be decoded');
}

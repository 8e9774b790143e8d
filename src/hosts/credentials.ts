import { createPrivateKey, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Environment, keyLinesOf } from './env.ts';

/** What the App authenticates with, and what GitHub signs its webhooks with. */
export interface AppCredentials {
  appId: number;
  /** PEM. */
  privateKey: string;
  webhookSecret: string;
}

/**
 * Complete, or none at all (the set-up page's case). Anything between is refused, since a guess would be a
 * server that looks well and can't work: `incomplete` names what is missing, `invalid` what can't be used.
 */
export type CredentialState =
  | { kind: 'complete'; credentials: AppCredentials; source: 'environment' | 'file' }
  | { kind: 'none' }
  | { kind: 'incomplete'; missing: string[] }
  | { kind: 'invalid'; name: string; problem: string };

const Stored = z.object({ appId: z.number(), privateKey: z.string(), webhookSecret: z.string() });

/** The environment's credentials, else those that the set-up page stored in the data directory. */
export async function readCredentials(
  environment: Pick<Environment, 'app' | 'dataDirectory'>,
): Promise<CredentialState> {
  const { appId, privateKey, webhookSecret } = environment.app;
  const given = { APP_ID: appId, PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret };
  const missing = Object.entries(given).flatMap(([name, value]) => (value === null ? [name] : []));
  if (missing.length === 3) return readStored(environment.dataDirectory);
  if (appId === null || privateKey === null || webhookSecret === null) return { kind: 'incomplete', missing };
  if (!/^[1-9]\d{0,14}$/.test(appId)) return invalid('APP_ID', 'expected the App’s numeric id');
  if (!isPrivateKey(privateKey)) {
    return invalid('PRIVATE_KEY', 'expected a PEM private key, with real or \\n newlines, or in base64');
  }
  const credentials = { appId: Number(appId), privateKey, webhookSecret };
  return { kind: 'complete', credentials, source: 'environment' };
}

/** Writes `app.json` into the data directory, readable by its owner only; whole or not at all. */
export async function storeCredentials(dataDirectory: string, credentials: AppCredentials): Promise<void> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const draft = path.join(dataDirectory, `app.${randomUUID()}.tmp`);
  try {
    await writeFile(draft, JSON.stringify(credentials), { mode: 0o600, flag: 'wx', flush: true });
    await rename(draft, fileIn(dataDirectory));
  } finally {
    await rm(draft, { force: true });
  }
}

/** What must never be shown of credentials that didn't come from the environment. */
export function secretsOf(credentials: AppCredentials): string[] {
  const { privateKey, webhookSecret } = credentials;
  return [privateKey, ...keyLinesOf(privateKey), webhookSecret];
}

async function readStored(dataDirectory: string): Promise<CredentialState> {
  const file = fileIn(dataDirectory);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return { kind: 'none' };
  const stored = Stored.safeParse(parse(text));
  if (!stored.success || !isPrivateKey(stored.data.privateKey)) {
    return invalid(file, 'is not what the set-up page wrote; remove it to register again');
  }
  return { kind: 'complete', credentials: stored.data, source: 'file' };
}

function fileIn(dataDirectory: string): string {
  return path.join(dataDirectory, 'app.json');
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function invalid(name: string, problem: string): CredentialState {
  return { kind: 'invalid', name, problem };
}

import { z } from 'zod';
import { pemOf } from '../env.ts';
import type { AppCredentials } from '../credentials.ts';
import { MusterError } from '../../domain/errors.ts';

/** The App that GitHub made of the manifest. */
export interface RegisteredApp {
  credentials: AppCredentials;
  name: string;
  /** Its page on GitHub; `/installations/new` under it installs it. */
  url: string;
}

const TIMEOUT_MS = 15_000;

const Conversion = z.object({
  id: z.number().int().positive(),
  name: z.string(),
  html_url: z.url({ protocol: /^https?$/ }),
  pem: z.string().startsWith('-----BEGIN'),
  webhook_secret: z.string().min(1),
});

/**
 * Exchanges the code of the redirect for the App's credentials; GitHub does that once. Throws
 * `app_conversion_failed` without what GitHub said, since an answer half understood may hold the key.
 */
export async function convertManifest(apiUrl: string, code: string): Promise<RegisteredApp> {
  const response = await fetch(`${apiUrl}/app-manifests/${encodeURIComponent(code)}/conversions`, {
    method: 'POST',
    headers: { accept: 'application/vnd.github+json', 'user-agent': 'muster' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = Conversion.safeParse(response.ok ? await response.json() : null);
  if (!answer.success) {
    throw new MusterError('app_conversion_failed', `GitHub answered ${response.status} to the code`, {
      value: response.status,
    });
  }
  const { id, name, html_url: url, pem, webhook_secret: webhookSecret } = answer.data;
  return { credentials: { appId: id, privateKey: pemOf(pem), webhookSecret }, name, url };
}

import { MusterError } from '../../domain/errors.ts';

/** GitHub's own API, where no other is configured. */
export const PUBLIC_API_URL = 'https://api.github.com';

/**
 * The API's base URL without trailing slashes, query or fragment, e.g. `https://github.example.com/api/v3`.
 * Throws `invalid_api_url` for anything but http and https.
 */
export function normaliseApiUrl(text: string): string {
  const url = URL.parse(text.trim());
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new MusterError('invalid_api_url', 'GITHUB_API_URL is not an http or https URL', { value: text });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/**
 * Where people see the GitHub that an API URL belongs to: github.com for api.github.com, the tenant's host
 * for `api.<tenant>.ghe.com`, the origin for Enterprise Server (`/api/v3`) and anything else.
 */
export function webUrlOf(apiUrl: string): string {
  const url = new URL(normaliseApiUrl(apiUrl));
  const isHosted = url.hostname === 'api.github.com' || /^api\.[a-z0-9-]+\.ghe\.com$/.test(url.hostname);
  return isHosted ? `${url.protocol}//${url.host.slice('api.'.length)}` : url.origin;
}

/** The providers that this adapter reaches, in order of preference. */
export const PROVIDERS = ['anthropic', 'openai', 'google', 'compatible'] as const;

export type ProviderName = (typeof PROVIDERS)[number];

const DEFAULT_ORIGINS: Record<Exclude<ProviderName, 'compatible'>, string> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com',
  google: 'https://generativelanguage.googleapis.com',
};

const VERSION = /^v\d+(alpha|beta)?\d*$/;

/**
 * The URL that the SDK appends its paths to. People write base URLs with and without `/v1` and a slash at the
 * end, so the version is put there where it's missing. OpenAI-like gateways may carry it further up
 * (`…/v1beta/openai`, `…/v1/<account>/compat`); Google's own API is spoken as `v1beta` only.
 */
export function resolveBaseUrl(provider: Exclude<ProviderName, 'compatible'>, baseUrl?: string): string;
export function resolveBaseUrl(provider: ProviderName, baseUrl: string): string;
export function resolveBaseUrl(provider: ProviderName, baseUrl?: string): string {
  const given = baseUrl ?? (provider === 'compatible' ? '' : DEFAULT_ORIGINS[provider]);
  const segments = given.trim().replace(/\/+$/, '').split('/');
  const endsInVersion = VERSION.test(segments.at(-1) ?? '');
  switch (provider) {
    case 'anthropic':
      return (endsInVersion ? segments : [...segments, 'v1']).join('/');
    case 'google':
      return [...(endsInVersion ? segments.slice(0, -1) : segments), 'v1beta'].join('/');
    case 'openai':
    case 'compatible':
      return (segments.some((segment) => VERSION.test(segment)) ? segments : [...segments, 'v1']).join('/');
  }
}

import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';
import { PROVIDERS, resolveBaseUrl, type ProviderName } from './base-url.ts';

interface ProviderSettings {
  apiKey: string;
  /** With or without `/v1`; the provider's own where absent. */
  baseUrl?: string;
}

/** Keys and addresses; a provider that is absent can't be called. */
export interface AiSdkSettings {
  anthropic?: ProviderSettings;
  openai?: ProviderSettings;
  google?: ProviderSettings;
  /** Ollama, vLLM, gateways: Chat Completions. Many need no key. */
  compatible?: { baseUrl: string; apiKey?: string };
  /** Instead of the global one. */
  fetch?: typeof globalThis.fetch;
}

type OpenModel = (name: string) => LanguageModel;

/**
 * One factory for each provider with settings, in order of preference. Base URLs are always passed, because
 * the SDKs read environment variables where they are not.
 */
export function openProviders(settings: AiSdkSettings): Map<ProviderName, OpenModel> {
  const models: Partial<Record<ProviderName, OpenModel>> = {};
  const { anthropic, openai, google, compatible } = settings;
  const shared = settings.fetch === undefined ? {} : { fetch: settings.fetch };
  if (anthropic !== undefined) {
    const baseURL = resolveBaseUrl('anthropic', anthropic.baseUrl);
    const provider = createAnthropic({ apiKey: anthropic.apiKey, baseURL, ...shared });
    models.anthropic = (name) => provider(name);
  }
  if (openai !== undefined) {
    const baseURL = resolveBaseUrl('openai', openai.baseUrl);
    const provider = createOpenAI({ apiKey: openai.apiKey, baseURL, ...shared });
    models.openai = (name) => provider.responses(name);
  }
  if (google !== undefined) {
    const baseURL = resolveBaseUrl('google', google.baseUrl);
    const provider = createGoogle({ apiKey: google.apiKey, baseURL, ...shared });
    models.google = (name) => provider(name);
  }
  if (compatible !== undefined) {
    const provider = createOpenAICompatible({
      name: 'compatible',
      baseURL: resolveBaseUrl('compatible', compatible.baseUrl),
      includeUsage: true,
      supportsStructuredOutputs: true,
      ...(compatible.apiKey === undefined ? {} : { apiKey: compatible.apiKey }),
      ...shared,
    });
    models.compatible = (name) => provider(name);
  }
  return new Map(PROVIDERS.flatMap((name) => (models[name] === undefined ? [] : [[name, models[name]]])));
}

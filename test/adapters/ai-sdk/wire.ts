import type { AiSdkSettings } from '../../../src/adapters/ai-sdk/providers.ts';
import { anthropicStream, chatStream, googleStream, openaiStream, type Script } from './streams.ts';

export const KEY = 'sk-test-0123456789abcdef0123456789';

export interface Protocol {
  /** The `provider/model` to ask for. */
  model: string;
  path: string;
  settings: (baseUrl: string) => AiSdkSettings;
  stream: (script: Script) => string;
}

/** The four protocols that the adapter speaks. */
export const PROTOCOLS: Record<'anthropic' | 'openai' | 'google' | 'compatible', Protocol> = {
  anthropic: {
    model: 'anthropic/claude-sonnet-4-5',
    path: '/v1/messages',
    settings: (baseUrl) => ({ anthropic: { apiKey: KEY, baseUrl } }),
    stream: anthropicStream,
  },
  openai: {
    model: 'openai/gpt-5',
    path: '/v1/responses',
    settings: (baseUrl) => ({ openai: { apiKey: KEY, baseUrl } }),
    stream: openaiStream,
  },
  google: {
    model: 'google/gemini-2.5-pro',
    path: '/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
    settings: (baseUrl) => ({ google: { apiKey: KEY, baseUrl } }),
    stream: googleStream,
  },
  compatible: {
    model: 'compatible/qwen/qwen3:8b',
    path: '/v1/chat/completions',
    settings: (baseUrl) => ({ compatible: { apiKey: KEY, baseUrl } }),
    stream: chatStream,
  },
};

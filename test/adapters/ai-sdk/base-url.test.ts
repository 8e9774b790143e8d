import { describe, expect, it } from 'vitest';
import { resolveBaseUrl } from '../../../src/adapters/ai-sdk/base-url.ts';

describe('resolveBaseUrl', () => {
  it.each([
    ['anthropic', undefined, 'https://api.anthropic.com/v1'],
    ['openai', undefined, 'https://api.openai.com/v1'],
    ['google', undefined, 'https://generativelanguage.googleapis.com/v1beta'],
  ] as const)("uses %s's own address where none is given", (provider, given, expected) => {
    expect(resolveBaseUrl(provider, given)).toBe(expected);
  });

  it.each([
    ['anthropic', 'http://gateway/anthropic', 'http://gateway/anthropic/v1'],
    ['anthropic', 'http://gateway/anthropic/', 'http://gateway/anthropic/v1'],
    ['anthropic', 'http://gateway/anthropic/v1/', 'http://gateway/anthropic/v1'],
    ['anthropic', 'https://gateway/v1/account/anthropic', 'https://gateway/v1/account/anthropic/v1'],
    ['openai', ' http://gateway ', 'http://gateway/v1'],
    ['openai', 'http://gateway/v1//', 'http://gateway/v1'],
    ['openai', 'https://gateway/v1/account/openai', 'https://gateway/v1/account/openai'],
    ['google', 'http://gateway', 'http://gateway/v1beta'],
    ['google', 'http://gateway/v1', 'http://gateway/v1beta'],
    ['google', 'http://gateway/v1beta/', 'http://gateway/v1beta'],
    ['compatible', 'http://localhost:11434', 'http://localhost:11434/v1'],
    ['compatible', 'http://localhost:11434/v1/', 'http://localhost:11434/v1'],
    ['compatible', 'https://host/api/paas/v4', 'https://host/api/paas/v4'],
    ['compatible', 'https://host/v1beta/openai', 'https://host/v1beta/openai'],
    ['compatible', 'https://host/very/models', 'https://host/very/models/v1'],
  ] as const)('makes %s %j into %j', (provider, given, expected) => {
    expect(resolveBaseUrl(provider, given)).toBe(expected);
  });
});

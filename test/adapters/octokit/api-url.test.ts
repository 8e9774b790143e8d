import { describe, expect, it } from 'vitest';
import { normaliseApiUrl, webUrlOf } from '../../../src/adapters/octokit/api-url.ts';

describe('normaliseApiUrl', () => {
  it.each([
    ['https://api.github.com', 'https://api.github.com'],
    ['https://api.github.com/', 'https://api.github.com'],
    ['https://ghe.example/api/v3/', 'https://ghe.example/api/v3'],
    ['https://ghe.example/api/v3//?x=1#y', 'https://ghe.example/api/v3'],
    [' http://127.0.0.1:4000/ ', 'http://127.0.0.1:4000'],
  ])('reads %j as %j', (given, expected) => {
    expect(normaliseApiUrl(given)).toBe(expected);
  });

  it.each(['', 'api.github.com', 'file:///etc/passwd', 'javascript:alert(1)'])('refuses %j', (given) => {
    expect(() => normaliseApiUrl(given)).toThrow(/http or https/);
  });

  it('drops a user and password, which would end up in logs', () => {
    expect(normaliseApiUrl('https://user:pass@ghe.example/api/v3')).toBe('https://ghe.example/api/v3');
  });
});

describe('webUrlOf', () => {
  it.each([
    ['https://api.github.com', 'https://github.com'],
    ['https://api.acme.ghe.com', 'https://acme.ghe.com'],
    ['https://ghe.example:8443/api/v3', 'https://ghe.example:8443'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['https://api.github.com.evil.example', 'https://api.github.com.evil.example'],
  ])('shows people %j at %j', (api, web) => {
    expect(webUrlOf(api)).toBe(web);
  });
});

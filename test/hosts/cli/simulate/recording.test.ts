import { describe, expect, it } from 'vitest';
import { createSecretScanner } from '../../../../src/adapters/secret-scanner.ts';
import { readEnvironment } from '../../../../src/hosts/env.ts';
import { startRecording, withoutSecrets } from '../../../../src/hosts/cli/simulate/recording.ts';

describe('a recording', () => {
  it('is refused without the key of a provider', () => {
    expect(() => startRecording(readEnvironment({}))).toThrow(
      expect.objectContaining({ code: 'no_provider', message: expect.stringContaining('ANTHROPIC_API_KEY') }),
    );
  });

  it('keeps no secret that a model repeated, wherever it stands', async () => {
    const token = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
    const value = {
      replies: [{ text: `it is ${token}, twice ${token}!`, arguments: { deep: [token, 1, null] } }],
    };
    const scanner = createSecretScanner({ ownSecrets: [] });
    expect(await withoutSecrets(value, scanner)).toEqual({
      replies: [
        { text: 'it is [redacted], twice [redacted]!', arguments: { deep: ['[redacted]', 1, null] } },
      ],
    });
  });
});

import { describe, expect, it } from 'vitest';
import { configFileSchema } from '../../../src/config/config-schema.ts';
import { defaultConfig, parseConfig } from '../../../src/config/config.ts';
import { MUSTER_YML } from '../../../src/hosts/cli/muster-yml.ts';

/** The file with its keys in force; prose is what stands after `# ` with a capital first. */
const UNCOMMENTED = MUSTER_YML.split('\n')
  .filter((line) => /^# {1,3}[a-z_]+:/.test(line))
  .map((line) => line.slice(2))
  .join('\n');

describe('the configuration that `init` writes', () => {
  it('changes nothing as it is', () => {
    expect(parseConfig(MUSTER_YML, 'muster.yml')).toMatchObject({ kind: 'valid', config: defaultConfig() });
  });

  it('is valid with every key in force, and names every key that there is', () => {
    expect(parseConfig(UNCOMMENTED, 'muster.yml')).toMatchObject({ kind: 'valid', warnings: [] });
    const named = UNCOMMENTED.split('\n').flatMap((line) => /^([a-z_]+):/.exec(line)?.[1] ?? []);
    expect(named.sort()).toEqual(Object.keys(configFileSchema.shape).sort());
  });

  it('gives as defaults what the defaults are', () => {
    const parsed = parseConfig(UNCOMMENTED, 'muster.yml');
    const { models: _models, agents: _agents, gate: _gate, ...defaults } = defaultConfig();
    expect(parsed).toMatchObject({ config: defaults });
  });
});

import { describe, expect, it } from 'vitest';
import { chooseJudge, chooseModel, panelBeside, type ConfiguredTiers } from '../../src/costs/model-choice.ts';
import { isPriced } from '../../src/costs/prices.ts';

const choose = (
  choice: string,
  providers: string[] = ['anthropic', 'openai'],
  tiers: ConfiguredTiers = {},
  inherited: string | null = null,
) => chooseModel({ choice, tiers, providers, inherited });

describe('chooseModel', () => {
  it.each([
    ['fast', 'anthropic/claude-haiku-4-5'],
    ['standard', 'anthropic/claude-sonnet-4-5'],
    ['deep', 'anthropic/claude-opus-4-5'],
    ['haiku', 'anthropic/claude-haiku-4-5'],
    ['sonnet', 'anthropic/claude-sonnet-4-5'],
    ['opus', 'anthropic/claude-opus-4-5'],
    ['inherit', 'anthropic/claude-sonnet-4-5'],
    ['openai/gpt-5', 'openai/gpt-5'],
    ['claude-opus-4-5', 'anthropic/claude-opus-4-5'],
  ])('takes %s as %s', (choice, model) => {
    expect(choose(choice)).toEqual({ kind: 'chosen', model });
  });

  it('knows the price of every default', () => {
    for (const provider of ['anthropic', 'openai', 'google']) {
      for (const tier of ['fast', 'standard', 'deep']) {
        const decision = choose(tier, [provider]);
        expect(decision).toMatchObject({ kind: 'chosen' });
        expect(isPriced(decision.kind === 'chosen' ? decision.model : '', {})).toBe(true);
      }
    }
  });

  it('takes the defaults of the first provider with a key', () => {
    expect(choose('sonnet', ['google', 'openai'])).toEqual({
      kind: 'chosen',
      model: 'google/gemini-2.5-pro',
    });
  });

  it('takes the configured tier before the default', () => {
    const tiers = { deep: 'openai/gpt-5.2' };
    expect(choose('opus', ['anthropic', 'openai'], tiers)).toEqual({
      kind: 'chosen',
      model: 'openai/gpt-5.2',
    });
  });

  it('inherits the model of whoever delegates', () => {
    expect(choose('inherit', ['openai'], {}, 'openai/gpt-5-mini')).toEqual({
      kind: 'chosen',
      model: 'openai/gpt-5-mini',
    });
  });

  it.each([
    ['a model without its key', 'google/gemini-2.5-pro', ['anthropic'], {}, 'needs a key for google'],
    [
      'a configured tier without its key',
      'deep',
      ['openai'],
      { deep: 'anthropic/claude-opus-4-5' },
      'needs a key',
    ],
    ['a word that is no model', 'best', ['anthropic'], {}, '`best` is no model'],
    ['a word of JavaScript', 'constructor', ['anthropic'], {}, 'is no model'],
    ['a provider without a name', 'anthropic/', ['anthropic'], {}, 'names no model'],
    ['a tier of a server that has no defaults', 'fast', ['compatible'], {}, '`models.fast`'],
    ['anything without keys', 'standard', [], {}, 'no model provider has a key'],
  ])('refuses %s and says why', (_, choice, providers, tiers, reason) => {
    const decision = choose(choice, providers, tiers);
    expect(decision.kind === 'refused' ? decision.reason : decision).toContain(reason);
  });
});

describe('chooseJudge', () => {
  const judge = (agentModel: string, providers: string[], tiers: ConfiguredTiers = {}) =>
    chooseJudge({ agentModel, providers, tiers });

  it('takes another provider than the agent runs on', () => {
    expect(judge('anthropic/claude-sonnet-4-5', ['anthropic', 'openai'])).toEqual({
      kind: 'chosen',
      model: 'openai/gpt-5',
      isSelfJudged: false,
    });
    expect(judge('openai/gpt-5', ['anthropic', 'openai'])).toMatchObject({
      model: 'anthropic/claude-sonnet-4-5',
      isSelfJudged: false,
    });
  });

  it('takes the configured judge, and says when it is of the same provider', () => {
    const tiers = { judge: 'anthropic/claude-opus-4-5' };
    expect(judge('anthropic/claude-sonnet-4-5', ['anthropic', 'openai'], tiers)).toMatchObject({
      model: 'anthropic/claude-opus-4-5',
      isSelfJudged: true,
    });
    expect(judge('openai/gpt-5', ['anthropic', 'openai'], tiers)).toMatchObject({ isSelfJudged: false });
  });

  it('lets no model judge itself where there is another', () => {
    const tiers = { judge: 'openai/gpt-5' };
    expect(judge('openai/gpt-5', ['anthropic', 'openai'], tiers)).toMatchObject({
      model: 'anthropic/claude-sonnet-4-5',
    });
    expect(judge('openai/gpt-5', ['openai'], tiers)).toMatchObject({
      model: 'openai/gpt-5.2',
      isSelfJudged: true,
    });
  });

  it.each([
    ['anthropic/claude-sonnet-4-5', 'anthropic', 'anthropic/claude-opus-4-5'],
    ['anthropic/claude-opus-4-5', 'anthropic', 'anthropic/claude-sonnet-4-5'],
    ['openai/gpt-5', 'openai', 'openai/gpt-5.2'],
    ['google/gemini-2.5-flash', 'google', 'google/gemini-2.5-pro'],
  ])('judges %s with another tier where only %s has a key', (agentModel, provider, model) => {
    expect(judge(agentModel, [provider])).toEqual({ kind: 'chosen', model, isSelfJudged: true });
  });

  it('takes another configured model of a server without defaults, or at last the same', () => {
    const tiers = { standard: 'compatible/small', deep: 'compatible/large' };
    expect(judge('compatible/small', ['compatible'], tiers)).toMatchObject({ model: 'compatible/large' });
    expect(judge('compatible/small', ['compatible'], { standard: 'compatible/small' })).toEqual({
      kind: 'chosen',
      model: 'compatible/small',
      isSelfJudged: true,
    });
  });

  it.each([
    [
      'a configured judge without its key',
      'anthropic/claude-sonnet-4-5',
      ['anthropic'],
      { judge: 'openai/gpt-5' },
    ],
    ['an agent whose provider has no key', 'openai/gpt-5', [], {}],
  ])('refuses %s', (_, agentModel, providers, tiers) => {
    expect(judge(agentModel, providers, tiers)).toMatchObject({ kind: 'refused' });
  });
});

describe('panelBeside', () => {
  const judge = 'openai/gpt-5';
  const agentModel = 'anthropic/claude-sonnet-4-5';

  it('seats the judges of providers that neither judge nor work yet', () => {
    const providers = ['anthropic', 'openai', 'google', 'compatible'];
    expect(panelBeside({ judge, agentModel, providers })).toEqual(['google/gemini-2.5-pro']);
  });

  it('seats nobody where there is no other provider', () => {
    expect(panelBeside({ judge, agentModel, providers: ['anthropic', 'openai'] })).toEqual([]);
  });
});

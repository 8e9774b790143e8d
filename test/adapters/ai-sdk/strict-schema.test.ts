import { describe, expect, it } from 'vitest';
import { isStrictSchema } from '../../../src/adapters/ai-sdk/strict-schema.ts';

const closed = {
  type: 'object',
  properties: { name: { type: 'string' } },
  required: ['name'],
  additionalProperties: false,
};

describe('isStrictSchema', () => {
  it.each([
    ['a closed object with all required', closed],
    ['such an object in a list', { ...closed, properties: { name: { type: 'array', items: closed } } }],
    [
      'a property that is called properties',
      { ...closed, properties: { properties: closed }, required: ['properties'] },
    ],
    ['no schema', undefined],
  ])('takes %s', (_, schema) => {
    expect(isStrictSchema(schema)).toBe(true);
  });

  it.each([
    ['an open object', { ...closed, additionalProperties: true }],
    ['an object that says nothing of more properties', { type: 'object', properties: {}, required: [] }],
    ['an optional property', { ...closed, required: [] }],
    [
      'an open object inside a list',
      { ...closed, properties: { name: { type: 'array', items: { type: 'object' } } } },
    ],
    ['an open object in an alternative', { anyOf: [closed, { type: 'object' }] }],
  ])('leaves %s to be a hint', (_, schema) => {
    expect(isStrictSchema(schema)).toBe(false);
  });
});

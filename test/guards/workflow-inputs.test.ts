import { describe, expect, it } from 'vitest';
import { refusalOfInputs } from '../../src/guards/workflow-inputs.ts';

const DEPLOY = `on:
  push:
  workflow_dispatch:
    inputs:
      environment: { required: true, type: string }
      level: { required: true, default: info }
      note:
`;

describe('the inputs of a workflow', () => {
  it.each<[string, Record<string, string>]>([
    ['on: workflow_dispatch', {}],
    ['on: [push, workflow_dispatch]', {}],
    ['on:\n  workflow_dispatch:\n', {}],
    [DEPLOY, { environment: 'staging' }],
    [DEPLOY, { environment: 'staging', level: 'debug', note: 'x' }],
  ])('are taken: %j with %j', (file, inputs) => {
    expect(refusalOfInputs(file, inputs)).toBeNull();
  });

  it.each<[string | null, Record<string, string>, RegExp]>([
    [null, {}, /no such workflow/],
    ['on: push', {}, /no `workflow_dispatch`/],
    ['on: [push]', {}, /no `workflow_dispatch`/],
    ['on: { push: { branches: [workflow_dispatch] } }', {}, /no `workflow_dispatch`/],
    ['jobs: {}', {}, /no `workflow_dispatch`/],
    ['on: [workflow_dispatch', {}, /no `workflow_dispatch`/],
    ['', {}, /no `workflow_dispatch`/],
    ['on: workflow_dispatch', { environment: 'x' }, /declares no input `environment`/],
    [DEPLOY, { environment: 'x', toString: 'x' }, /declares no input `toString`/],
    [DEPLOY, { note: 'x' }, /requires the input `environment`/],
  ])('are refused: %j with %j', (file, inputs, reason) => {
    expect(refusalOfInputs(file, inputs)).toMatch(reason);
  });
});

import { expect, it } from 'vitest';
import { judgeSection } from '../../src/publish/sections.ts';
import { PASSED } from './fixtures.ts';

it('the section of the judge says where it saw only part of the change', () => {
  expect(judgeSection({ verdict: { ...PASSED, sawWhole: false } })).toContain('only part of the change');
  expect(judgeSection({ verdict: PASSED })).not.toContain('only part of the change');
});

import { describe, expect, it } from 'vitest';
import { changeAutonomy } from '../../src/config/change-autonomy.ts';

describe('a changed autonomy', () => {
  it.each<[string, string, string]>([
    ['an empty file', '', 'agents: { writer: { autonomy: auto } }\n'],
    ['a file of comments', '# Ours.\n', '# Ours.\nagents: { writer: { autonomy: auto } }\n'],
    ['no newline at the end', 'bots: []', 'bots: []\nagents: { writer: { autonomy: auto } }\n'],
    [
      'a key without a value',
      'agents:\n  # none yet\nbots: []\n',
      'agents: { writer: { autonomy: auto } }\n  # none yet\nbots: []\n',
    ],
    ['an empty flow map', 'agents: {}\n', 'agents: { writer: { autonomy: auto } }\n'],
    [
      'another agent in a flow map',
      'agents: {triager: {enabled: false}} # quiet\n',
      'agents: { writer: { autonomy: auto },triager: {enabled: false}} # quiet\n',
    ],
    [
      'another agent in a block',
      'agents: # who\n    # sorts\n    triager:\n        enabled: false\nbots:   [ a ]\n',
      'agents: # who\n    writer: { autonomy: auto }\n    # sorts\n    triager:\n        enabled: false\nbots:   [ a ]\n',
    ],
    [
      'settings in a flow map',
      'agents:\n  writer: { model: deep } # slow\n',
      'agents:\n  writer: { autonomy: auto, model: deep } # slow\n',
    ],
    [
      'settings in a block',
      'agents:\n  writer:\n    # thinks\n    model: deep\n\n# money\nbudgets: { run: 0.50 }\n',
      'agents:\n  writer:\n    autonomy: auto\n    # thinks\n    model: deep\n\n# money\nbudgets: { run: 0.50 }\n',
    ],
    [
      'a value, in quotes',
      "agents:\n  triager: { autonomy: gated }\n  writer: { autonomy: 'gated' } # was comment-only\n",
      'agents:\n  triager: { autonomy: gated }\n  writer: { autonomy: auto } # was comment-only\n',
    ],
    [
      'a file that is one flow map',
      '{ bots: [] }\n',
      '{ agents: { writer: { autonomy: auto } }, bots: [] }\n',
    ],
  ])('is written into %s, and leaves all else as it was', (_what, before, after) => {
    expect(changeAutonomy(before, 'writer', 'auto')).toBe(after);
  });

  it.each([
    ['an invalid file', 'agents: [\n'],
    ['a file with a mistake', 'nonesuch: 1\n'],
    ['settings without a value', 'agents: { writer: }\n'],
    ['a document that is closed', 'bots: []\n...\n'],
  ])('is not written into %s', (_what, text) => {
    expect(changeAutonomy(text, 'writer', 'auto')).toBeNull();
  });
});

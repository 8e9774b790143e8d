import { describe, expect, it } from 'vitest';
import { parseAgentFile } from '../../src/config/agent-file.ts';
import { describeProblem } from '../../src/domain/config.ts';

const FILE = '.github/agents/sample.md';

function problems(frontMatter: string): string[] {
  const parsed = parseAgentFile(`---\n${frontMatter}\n---\nDo it.`, FILE, 'repository');
  return parsed.kind === 'valid' ? [] : parsed.problems.map(describeProblem);
}

describe('an invalid agent file', () => {
  it.each([
    ['on: { isues: [opened] }', 'muster.on.isues', 'did you mean `issues`?'],
    ['on: { issues: [] }', 'muster.on.issues', 'at least one action'],
    ['on: { issues: { types: [opened] } }', 'muster.on.issues.types', 'expected one of the keys'],
    ['on: { schedule: "0 25 * * 1" }', 'muster.on.schedule', 'hour lies between 0 and 23'],
    ['on: { schedule: "* * * *" }', 'muster.on.schedule', 'five fields'],
    ['on: { schedule: "*/0 * * * *" }', 'muster.on.schedule', 'minute'],
    ['on: { schedule: "5-1 * * * *" }', 'muster.on.schedule', 'minute'],
    ['on: { schedule: "@daily" }', 'muster.on.schedule', 'five fields'],
    ['on: issues.opened.now', 'muster.on', 'expected an action'],
    ['outputs: { coment: 1 }', 'muster.outputs.coment', 'did you mean `comment`?'],
    ['outputs: { comment: -1 }', 'muster.outputs.comment', 'expected at least 0'],
    ['outputs: { comment: { max: 1, allow: [x] } }', 'muster.outputs.comment.allow', 'the keys max'],
    [
      'outputs: { labels: { max: 1, allow: ["agent:triager"] } }',
      'muster.outputs.labels.allow[0]',
      'starts no agent',
    ],
    ['outputs: { dispatch: { max: 1 } }', 'muster.outputs.dispatch.allow', 'expected a list'],
    [
      'outputs: { dispatch: { max: 1, allow: ["../x.yml"] } }',
      'muster.outputs.dispatch.allow[0]',
      'file name',
    ],
    ['gate: revieww', 'muster.gate', 'did you mean `review`?'],
    ['gate: { pull_request: 1 }', 'muster.gate.pull_request', 'expected one of publish'],
    ['budget: { usd: 0 }', 'muster.budget.usd', 'expected more than 0'],
    ['judge: { criteria: {} }', 'muster.judge.criteria', '1 to 10 criteria'],
    ['judge: { criteria: { "A b": x } }', 'muster.judge.criteria.A b', 'root_cause'],
    ['autonomy: auto', 'muster.autonomy', 'expected one of the keys category'],
  ])('refuses `muster: %s` with its line', (key, where, expected) => {
    const [problem = ''] = problems(`description: x\nmuster:\n  ${key}`);
    expect(problem).toContain(`${FILE}:4: \`${where}\`: `);
    expect(problem).toContain(expected);
  });

  it.each([
    ['has no front matter', 'Just a prompt.', 1, 'front matter'],
    ['never ends its front matter', '---\ndescription: x\nprompt', 1, 'front matter'],
    ['has no description', '---\nname: x\n---\nprompt', 2, 'expected text, found nothing'],
    ['has no prompt', '---\ndescription: x\n---\n  \n', 4, 'expected a prompt'],
    ['has a name of no letters', '---\ndescription: x\nname: "!!"\n---\nprompt', 3, 'letters or digits'],
    ['has broken YAML', '---\ndescription: x\nname: [\n---\nprompt', 3, 'expected valid YAML'],
    ['has turns that are no number', '---\ndescription: x\nmaxTurns: many\n---\np', 3, 'expected a number'],
  ])('is refused where it %s', (_what, text, line, expected) => {
    const parsed = parseAgentFile(text, FILE, 'repository');
    expect(parsed.kind).toBe('invalid');
    if (parsed.kind === 'invalid') {
      expect(parsed.problems[0]).toMatchObject({ line, expected: expect.stringContaining(expected) });
    }
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBuiltinAgents } from '../../src/adapters/agent-files.ts';
import { parseAgentFile } from '../../src/config/agent-file.ts';

describe('the built-in agents', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'muster-agents-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('are valid and without warnings, each with a rubric of its own', async () => {
    const agents = await readBuiltinAgents(
      path.join(import.meta.dirname, '..', '..', 'agents'),
      parseAgentFile,
    );
    expect(agents.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['bug-root-cause-analyzer', 'code-reviewer', 'triager']),
    );
    const rubrics = agents.map(({ judge }) => JSON.stringify(judge.criteria));
    expect(new Set(rubrics).size).toBe(agents.length);
    for (const agent of agents) expect(agent.path).toBe(`agents/${agent.name}.md`);
  });

  it('are read in the order of their names, other files left aside', async () => {
    await writeFile(path.join(folder, 'b.md'), '---\ndescription: x\n---\nb');
    await writeFile(path.join(folder, 'a.md'), '---\ndescription: x\n---\na');
    await writeFile(path.join(folder, 'notes.txt'), 'x');
    const agents = await readBuiltinAgents(folder, parseAgentFile);
    expect(agents.map(({ name, origin }) => [name, origin])).toEqual([
      ['a', 'builtin'],
      ['b', 'builtin'],
    ]);
  });

  it.each([
    ['is invalid', 'no front matter', /agents\/a\.md:1/],
    ['has a warning', '---\ndescription: x\nauthor: ada\n---\np', /`author`/],
    ['shares its name', '---\ndescription: x\nname: b\n---\np', /called `b` too/],
  ])('stop the start where a file %s', async (_what, text, message) => {
    await writeFile(path.join(folder, 'a.md'), text);
    await writeFile(path.join(folder, 'b.md'), '---\ndescription: x\n---\nb');
    await expect(readBuiltinAgents(folder, parseAgentFile)).rejects.toThrow(message);
  });
});

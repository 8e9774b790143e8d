import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Provider } from './action/provider.ts';
import { EVIDENCE, openProcesses, type ProcessScene } from './support/processes.ts';

let scene: ProcessScene;
beforeEach(async () => {
  scene = await openProcesses();
});
afterEach(async () => scene.close());

const turnOf = (body: Provider['requests'][number]): number =>
  body.response_format === undefined ? body.messages.filter(({ role }) => role === 'assistant').length : -1;

it('goes on after SIGKILL between two steps, with no recorded step repeated and nothing doubled', async () => {
  const { provider, until } = scene;
  provider.play([
    { tool: 'list_files', args: {} },
    { tool: 'read_file', args: { path: 'README.md' } },
    { tool: 'propose_comment', args: { body: EVIDENCE } },
  ]);
  const server = await scene.start();
  const issue = await scene.askSteady();
  await until('the third turn', () => provider.requests.some((body) => turnOf(body) === 2));
  await server.kill();
  const before = provider.requests.map(turnOf);
  await scene.start();
  await until('the end', () => /done: .*steady/.test(scene.tracking(issue)));
  const turns = provider.requests.map(turnOf);
  // The turn that was in flight may be asked again; what was recorded is not.
  expect(turns.filter((turn) => turn === 0)).toHaveLength(1);
  expect(turns.filter((turn) => turn === 1)).toHaveLength(1);
  expect(before).toContain(2);
  const bodies = scene.comments(issue).map(({ body }) => body);
  expect(bodies.filter((body) => body.startsWith(EVIDENCE))).toHaveLength(1);
  expect(bodies.filter((body) => body.includes('<!-- muster:run='))).toHaveLength(1);
});

import { chmod, readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeSandbox } from '../../src/adapters/sandbox/sandbox.ts';
import { SAMPLE_REPOSITORY } from '../../src/simulator/sample/world.ts';
import { openProcesses, type ProcessScene } from './support/processes.ts';

const sandbox = await probeSandbox({ scratchFolder: os.tmpdir() });

let scene: ProcessScene;
beforeEach(async () => {
  scene = await openProcesses({ tools: '[execute]' });
});
afterEach(async () => scene.close());

async function cancel(issue: number): Promise<void> {
  scene.world.simulator.as('ada').comment(SAMPLE_REPOSITORY, issue, '/cancel');
}

/** Lines of commands of running processes that hold the mark. */
async function processesWith(mark: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(mark));
}

describe('a cancel', () => {
  it('ends the model call in flight, and settles it at what it may have cost', async () => {
    scene.provider.play([]);
    const hung = scene.provider.hang();
    await scene.start();
    const issue = await scene.askSteady();
    const { closed } = await hung;
    await cancel(issue);
    await closed;
    await scene.until('the end', () => /cancelled: .*steady/.test(scene.tracking(issue)));
    expect(scene.provider.requests).toHaveLength(1);
    const { record } = await scene.recording(issue);
    expect(record.run).toMatchObject({ state: 'cancelled', reason: 'cancelled by ada' });
    expect(record.ledger).toHaveLength(1);
    const [call] = record.ledger;
    expect(call?.reservedMicroUsd).toBeGreaterThan(0);
    expect(call?.spentMicroUsd).toBe(call?.reservedMicroUsd);
    expect(record.steps.some(({ kind }) => kind === 'turn')).toBe(false);
  });

  it.skipIf(sandbox === null)(
    'ends the command that runs, with all that it started (skipped where bubblewrap cannot start)',
    async () => {
      const mark = `86400.${process.pid}`;
      scene.provider.play([
        { tool: 'run_command', args: { command: `sleep ${mark} & sleep ${mark}; true`, timeout_s: 600 } },
      ]);
      // Where Muster runs as root, commands run as nobody, who has to pass.
      await chmod(scene.dataDirectory, 0o711);
      await scene.start();
      const issue = await scene.askSteady();
      const sleeping = async () => (await processesWith(mark)).filter((line) => line.startsWith('sleep'));
      await scene.until('the command', async () => (await sleeping()).length === 2);
      await cancel(issue);
      await scene.until('the end', () => /cancelled: .*steady/.test(scene.tracking(issue)));
      expect(await processesWith(mark)).toEqual([]);
      expect(scene.provider.requests).toHaveLength(1);
      const { record } = await scene.recording(issue);
      expect(record.run.state).toBe('cancelled');
      expect(record.ledger.map(({ spentMicroUsd }) => spentMicroUsd)).not.toContain(null);
      expect(record.steps.some(({ kind }) => kind === 'tool')).toBe(false);
    },
  );
});

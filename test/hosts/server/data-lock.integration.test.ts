import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDirectory } from '../../../src/hosts/server/data-lock.ts';

const STARTER = path.join(import.meta.dirname, 'lock-starter.ts');

let folder: string;
let children: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-lock-'));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map(kill));
  await rm(folder, { recursive: true, force: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A process that has its modules loaded, and waits to be told. */
async function starter(command: string[] = []): Promise<ChildProcess> {
  const [file = process.execPath, ...words] = command;
  const child = fork(STARTER, { execPath: file, execArgv: words });
  children.push(child);
  await once(child, 'message');
  return child;
}

/** `locked`, or why not. */
async function tries(child: ChildProcess): Promise<string> {
  const answer = once(child, 'message');
  child.send(folder);
  return String((await answer)[0]);
}

describe('the lock of the data directory', () => {
  it('has one holder, who is named to the others, and none once it is released', async () => {
    const lock = await lockDataDirectory(folder);
    await expect(lockDataDirectory(folder)).rejects.toMatchObject({
      code: 'data_locked',
      value: process.pid,
    });
    expect(await tries(await starter())).toContain(`Process ${process.pid} uses ${folder} already`);
    expect((await stat(path.join(folder, 'muster.lock.db'))).mode & 0o777).toBe(0o600);
    await lock.release();
    expect(await tries(await starter())).toBe('locked');
  });

  it('goes to one of many that meet a dead holder’s at the same moment, again and again', async () => {
    for (let round = 1; round <= 5; round += 1) {
      const racers = await Promise.all(Array.from({ length: 4 }, async () => starter()));
      const answers = await Promise.all(racers.map(tries));
      const winners = racers.filter((_, index) => answers[index] === 'locked');
      expect(winners).toHaveLength(1);
      await Promise.all(racers.map(kill));
    }
    expect(await readdir(folder)).toEqual(['muster.lock', 'muster.lock.db']);
  });

  it('does not care what the note of its holder says: empty, foreign, or of a process that is alive', async () => {
    for (const note of [
      '',
      '{"pid":1,"startedAt":"1"}',
      JSON.stringify({ pid: process.pid, host: 'elsewhere' }),
    ]) {
      await writeFile(path.join(folder, 'muster.lock'), note);
      const child = await starter();
      expect(await tries(child)).toBe('locked');
      await writeFile(path.join(folder, 'muster.lock'), note);
      expect(await tries(await starter())).toMatch(/^(Another process|Process \d+ on elsewhere) uses/);
      await kill(child);
    }
  });

  const unshared = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child'];
  const hasNamespaces = spawnSync(unshared[0] ?? '', [...unshared.slice(1), 'true']).status === 0;
  it.runIf(hasNamespaces)('holds against a process of another container on the same volume', async () => {
    const other = await starter([...unshared, process.execPath]);
    expect(await tries(other)).toBe('locked');
    const { pid } = JSON.parse(await readFile(path.join(folder, 'muster.lock'), 'utf8')) as { pid: number };
    expect(pid).not.toBe(other.pid);
    await expect(lockDataDirectory(folder)).rejects.toMatchObject({ code: 'data_locked' });
    await kill(other);
    const after = await starter();
    // The process inside ends a moment after `unshare`.
    await expect.poll(async () => tries(after), { timeout: 10_000 }).toBe('locked');
  });
});

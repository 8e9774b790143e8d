import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeSandbox } from '../../../src/adapters/sandbox/sandbox.ts';
import type { CommandResult } from '../../../src/ports/workspace.ts';

const sandbox = await probeSandbox({ scratchFolder: os.tmpdir() });

describe('probeSandbox', () => {
  it('is null without bubblewrap', async () => {
    expect(await probeSandbox({ scratchFolder: os.tmpdir(), bubblewrap: '/nowhere/bwrap' })).toBeNull();
  });

  it('is null where bubblewrap fails to contain', async () => {
    expect(await probeSandbox({ scratchFolder: os.tmpdir(), bubblewrap: '/bin/false' })).toBeNull();
  });

  it('is null where the scratch folder does not exist', async () => {
    expect(await probeSandbox({ scratchFolder: '/nowhere' })).toBeNull();
  });

  it('leaves nothing of the probe behind', async () => {
    const scratchFolder = await mkdtemp(path.join(os.tmpdir(), 'muster-probe-test-'));
    await probeSandbox({ scratchFolder, bubblewrap: '/bin/false' });
    expect(await readdir(scratchFolder)).toEqual([]);
    await rm(scratchFolder, { recursive: true });
  });
});

describe.skipIf(sandbox === null)('a command in the sandbox (skipped where bubblewrap cannot start)', () => {
  let workTree = '';

  beforeEach(async () => {
    workTree = await mkdtemp(path.join(os.tmpdir(), 'muster-sandbox-test-'));
  });

  afterEach(async () => {
    await rm(workTree, { recursive: true, force: true });
  });

  async function run(command: string, timeoutMs = 15_000, signal = new AbortController().signal) {
    if (sandbox === null) throw new Error('no sandbox');
    return sandbox.run({ command, workTree, timeoutMs, signal });
  }

  async function output(command: string): Promise<string> {
    return (await run(command)).output;
  }

  it('reads and writes the work tree and reports both streams in order', async () => {
    const result = await run('echo one; echo two >&2; echo three; echo kept > file.txt; exit 3');
    expect(result).toEqual({
      exitCode: 3,
      output: 'one\ntwo\nthree\n',
      hasTimedOut: false,
    } satisfies CommandResult);
    expect(await readFile(path.join(workTree, 'file.txt'), 'utf8')).toBe('kept\n');
  });

  it('is an ordinary user with a home, a temporary folder and nothing to gain', async () => {
    expect(await output('whoami; id -u; cd ~ && touch x && pwd; unshare --user true 2>&1 | head -c 7')).toBe(
      'agent\n1000\n/tmp\nunshare',
    );
  });

  it('has no secrets of the host: no environment, accounts, home, system folders', async () => {
    process.env['MUSTER_TEST_SECRET'] = 'hunter2';
    const seen = await output(
      'env; cat /proc/*/environ | tr "\\0" "\\n"; ls /etc /root /home /run /sys /var 2>&1',
    );
    delete process.env['MUSTER_TEST_SECRET'];
    expect(seen).not.toContain('hunter2');
    expect(seen).not.toContain('shadow');
    for (const folder of ['/root', '/home', '/run', '/sys', '/var']) {
      expect(seen).toContain(`cannot access '${folder}'`);
    }
    expect(await output('cat /etc/passwd')).toBe('agent:x:1000:1000::/tmp:/bin/bash\n');
  });

  it('sees no process of the host, and inherits no open file', async () => {
    expect(await output(`kill -0 ${process.pid} 2>&1 | tail -c 16`)).toBe('No such process\n');
    expect(await output('for fd in /proc/self/fd/*; do echo ${fd##*/}; done')).toMatch(/^0\n1\n2\n(3\n)?$/);
  });

  it('writes nowhere but in the work tree and its own temporary folders', async () => {
    const targets = '/x /usr/x /usr/bin/x /etc/x /dev/x /proc/sys/kernel/hostname /bin/sh';
    const seen = await output(
      `for f in ${targets}; do (echo x > $f) 2>/dev/null && echo "wrote $f"; done; true`,
    );
    expect(seen).toBe('');
    expect(await output('find / -xdev -writable -not -path "/proc/*" 2>/dev/null')).toBe(
      '/workspace\n/tmp\n',
    );
    expect(await output('test -w /proc/sys/kernel/core_pattern || echo closed')).toBe('closed\n');
  });

  it('reaches no other folder of the host, by name or by a link', async () => {
    const outside = await mkdtemp(path.join(os.tmpdir(), 'muster-outside-'));
    const seen = await output(
      `ls ${outside} 2>&1; ln -s ${outside} link; echo x > link/planted; ln -s /etc/shadow s; cat s`,
    );
    expect(seen).toContain('cannot access');
    expect(seen).not.toContain('root:');
    expect(await readdir(outside)).toEqual([]);
    await rm(outside, { recursive: true });
  });

  it('has no network, not even the loopback of the host', async () => {
    const server: Server = createServer((_request, response) => response.end('reached'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const seen = await output(
      `(exec 3<>/dev/tcp/127.0.0.1/${port}) 2>&1; (exec 3<>/dev/tcp/1.1.1.1/53) 2>&1`,
    );
    server.close();
    expect(seen).toContain('Connection refused');
    expect(seen).toContain('Network is unreachable');
  });

  it('is stopped at its timeout with everything that it started', async () => {
    const result = await run(
      '(setsid bash -c "while :; do echo x >> beat; sleep 0.02; done" &) ; echo up; sleep 60',
      700,
    );
    expect(result).toEqual({ exitCode: null, output: 'up\n', hasTimedOut: true });
    await expectDead();
  });

  it('leaves no daemon behind when it ends by itself', async () => {
    const result = await run(
      '(setsid nohup bash -c "while :; do echo x >> beat; sleep 0.02; done" >/dev/null 2>&1 &); sleep 0.2',
    );
    expect(result.hasTimedOut).toBe(false);
    await expectDead();
  });

  it('is stopped by the signal, whose reason it throws', async () => {
    const controller = new AbortController();
    const running = run('touch up; sleep 60', 30_000, controller.signal);
    await untilExists(path.join(workTree, 'up'));
    controller.abort(new Error('cancelled by a person'));
    await expect(running).rejects.toThrow('cancelled by a person');
  });

  it('does not start at all when the signal has already fired', async () => {
    await expect(run('touch up', 1000, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(await readdir(workTree)).toEqual([]);
  });

  it('survives a fork bomb, which is bounded', async () => {
    const result = await run(':(){ :|:& };:; sleep 1; ls -d /proc/[0-9]* | wc -l', 3000);
    expect(result.output).toMatch(/fork|Resource/);
    expect((await run('echo fine')).output).toBe('fine\n');
  });

  it('bounds a flood of output and the size of a file', async () => {
    expect((await output('yes | head -c 20000000')).length).toBeLessThan(70_000);
    expect(await output('ulimit -f; ulimit -c')).toBe('1048576\n0\n');
  });

  async function expectDead(): Promise<void> {
    const size = async () => (await readFile(path.join(workTree, 'beat'))).length;
    const before = await size();
    for (let index = 0; index < 5; index += 1) await output('true');
    expect(await size()).toBe(before);
  }
});

async function untilExists(file: string): Promise<void> {
  for (;;) {
    try {
      return await access(file);
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

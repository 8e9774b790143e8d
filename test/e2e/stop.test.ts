import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EVIDENCE, openProcesses, type ProcessScene } from './support/processes.ts';
import { sendSigned } from './support/signed-delivery.ts';

let scene: ProcessScene;
beforeEach(async () => {
  scene = await openProcesses();
  scene.provider.play([{ tool: 'propose_comment', args: { body: EVIDENCE } }]);
});
afterEach(async () => scene.close());

describe('a server', () => {
  it('that finds its port taken ends with all closed, and the next start on the folder works', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(scene.start(['serve'], { PORT: String(port) })).rejects.toThrow(
      /^exit code 1: [^]*EADDRINUSE/,
    );
    other.close();
    await scene.start(['serve'], { PORT: String(port) });
    const issue = await scene.askSteady();
    await scene.until('the end', () => /done: .*steady/.test(scene.tracking(issue)));
  });

  it('is not ready from SIGTERM on, and takes deliveries until its work is done', async () => {
    const hung = scene.provider.hang();
    const { child, url } = await scene.start();
    const issue = await scene.askSteady();
    await hung;
    const status = async (path: string) => (await fetch(`${url}${path}`)).status;
    expect(await status('/readyz')).toBe(200);
    const stopped = once(child, 'exit');
    child.kill('SIGTERM');
    await scene.until('not ready', async () => (await status('/readyz')) === 503);
    expect(await sendSigned(scene.world, 'ping', '{"zen":"Anything added dilutes everything else."}')).toBe(
      202,
    );
    scene.provider.release();
    expect(await stopped).toEqual([0, null]);
    await scene.start();
    await scene.until('the end', () => /done: .*steady/.test(scene.tracking(issue)));
  });
});

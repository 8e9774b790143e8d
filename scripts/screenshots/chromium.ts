import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A headless Chromium with one page. */
export interface Chromium {
  /** PNG of the whole of `html` at this width. */
  picture(html: string, width: number): Promise<Buffer>;
  close(): Promise<void>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--remote-debugging-port=0',
];
const START_MS = 30_000;

/** Starts the Chromium of this machine; its command line takes no picture narrower than 500 pixels, so it is spoken to. */
export async function openChromium(): Promise<Chromium> {
  const folder = await mkdtemp(path.join(tmpdir(), 'muster-chromium-'));
  const child = spawn(findChromium(), [...FLAGS, `--user-data-dir=${folder}`, 'about:blank'], {
    stdio: 'ignore',
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const page = await connect(await pageUrl(folder));
  return {
    picture: async (html, width) => {
      await page.send('Emulation.setDeviceMetricsOverride', {
        width,
        height: 100,
        deviceScaleFactor: 1,
        mobile: false,
      });
      const { frameTree } = await page.send<{ frameTree: { frame: { id: string } } }>('Page.getFrameTree');
      await page.send('Page.setDocumentContent', { frameId: frameTree.frame.id, html });
      const { data } = await page.send<{ data: string }>('Page.captureScreenshot', {
        captureBeyondViewport: true,
        clip: { x: 0, y: 0, width, height: await heightOf(page), scale: 1 },
      });
      return Buffer.from(data, 'base64');
    },
    close: async () => {
      page.close();
      child.kill();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function findChromium(): string {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(existsSync);
  if (found === undefined)
    throw new Error('There is no Chromium: apt-get install chromium, or your system’s way.');
  return found;
}

async function heightOf(page: Page): Promise<number> {
  const { result } = await page.send<{ result: { value: number } }>('Runtime.evaluate', {
    expression: 'document.documentElement.scrollHeight',
  });
  return result.value;
}

/** Chromium writes down where it listens. */
async function pageUrl(folder: string): Promise<string> {
  const file = path.join(folder, 'DevToolsActivePort');
  const giveUpAt = Date.now() + START_MS;
  while (!existsSync(file)) {
    if (Date.now() > giveUpAt) throw new Error('Chromium did not start.');
    await pause(50);
  }
  const [port = ''] = (await readFile(file, 'utf8')).split('\n');
  const targets: unknown = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
  const [target] = targets as { webSocketDebuggerUrl: string }[];
  if (target === undefined) throw new Error('Chromium has no page.');
  return target.webSocketDebuggerUrl;
}

interface Page {
  send<T>(method: string, params?: object): Promise<T>;
  close(): void;
}

async function connect(url: string): Promise<Page> {
  const socket = new WebSocket(url);
  const open = new Map<number, PromiseWithResolvers<never>>();
  let calls = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as { id: number; result: never; error?: object };
    if (error === undefined) open.get(id)?.resolve(result);
    else open.get(id)?.reject(new Error(JSON.stringify(error)));
    open.delete(id);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  return {
    send: async (method, params = {}) => {
      calls += 1;
      const answer = Promise.withResolvers<never>();
      open.set(calls, answer);
      socket.send(JSON.stringify({ id: calls, method, params }));
      return answer.promise;
    },
    close: () => socket.close(),
  };
}

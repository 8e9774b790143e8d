import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { createNodeMiddleware, Probot } from 'probot';
import { readEnvironment } from '../../../src/hosts/env.ts';
import { serve } from '../../../src/hosts/server/serve.ts';
import { silentLog } from '../../support/log.ts';
import { answerCalls } from '../support/child.ts';

/** `bare`: Probot's middleware, which writes nothing; `muster`: the web role of our server, as it is started. */
export type FrontKind = 'bare' | 'muster';

interface ListenOptions {
  kind: FrontKind;
  databaseUrl: string;
  folder: string;
  secret: string;
}

if (process.send !== undefined) {
  answerCalls({
    listen: async (options: ListenOptions) =>
      options.kind === 'bare' ? listenBare(options) : listenMuster(options),
  });
}

async function listenBare({ secret }: ListenOptions): Promise<number> {
  const probot = new Probot({ appId: 1, privateKey: privateKey(), secret, log: pino({ level: 'silent' }) });
  const middleware = await createNodeMiddleware((app) => app.onAny(() => undefined), { probot });
  const server = createServer((request, response) => {
    void middleware(request, response, () => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return address.port;
}

async function listenMuster({ databaseUrl, folder, secret }: ListenOptions): Promise<number> {
  const environment = readEnvironment({
    APP_ID: '1',
    PRIVATE_KEY: privateKey(),
    WEBHOOK_SECRET: secret,
    DATABASE_URL: databaseUrl,
    MUSTER_DATA_DIR: folder,
    PORT: '0',
    GITHUB_API_URL: 'http://127.0.0.1:9',
  });
  const { port } = await serve({ environment, role: 'web', log: silentLog });
  if (port === null) throw new Error('no port');
  return port;
}

function privateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

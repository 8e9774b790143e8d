import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { readEnvironment } from '../../src/hosts/env.ts';
import type { Role } from '../../src/hosts/server/open-app.ts';
import { serve } from '../../src/hosts/server/serve.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Model } from '../../src/ports/model.ts';
import { withPoints } from './points.ts';

/*
 * `muster serve` in a process of its own, for the crash tests: the model is asked of the test over HTTP, every
 * persistence point is told to it, and the process kills itself at the first one that it was told to die at.
 * The modules are loaded before it is told to start, so that a restart costs no more than the server's own.
 */

export interface StartOrder {
  kind: 'start';
  environment: Record<string, string>;
  role: Role;
  modelUrl: string;
  providers: string[];
  /** Kills itself at the first of these points. */
  dieAt: string[];
}

/** `spare`: another server has died there by now. */
type Order = StartOrder | { kind: 'spare'; point: string };

export type Told =
  | { kind: 'loaded' }
  | { kind: 'ready'; port: number | null }
  | { kind: 'failed'; error: string };

const dieAt = new Set<string>();

/** The parent reads the points here. Written synchronously: what was told before SIGKILL arrives. */
const POINTS_FD = 3;

process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  const order = message as Order;
  if (order.kind === 'spare') dieAt.delete(order.point);
  else start(order).catch((error: unknown) => tell({ kind: 'failed', error: String(error) }));
});
// A server that is killed doesn't write its cache on exit.
flushCompileCache();
tell({ kind: 'loaded' });

async function start(order: StartOrder): Promise<void> {
  for (const point of order.dieAt) dieAt.add(point);
  const server = await serve({
    environment: readEnvironment(order.environment),
    role: order.role,
    log: errorLog(),
    model: remoteModel(order),
    instrument: (engine) =>
      withPoints(engine, (reached) => {
        writeSync(POINTS_FD, `${JSON.stringify(reached)}\n`);
        if (dieAt.has(reached.point)) process.kill(process.pid, 'SIGKILL');
      }),
  });
  process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
  tell({ kind: 'ready', port: server.port });
}

function tell(told: Told): void {
  process.send?.(told);
}

/** Errors go to the test's own output: nothing that a crash test provokes is one. */
function errorLog(): Log {
  const silent = (): void => undefined;
  return {
    debug: silent,
    info: silent,
    warn: silent,
    error: (message, fields) => console.error(process.pid, message, fields),
  };
}

function remoteModel({ modelUrl, providers }: StartOrder): Model {
  return {
    providers,
    generate: async (request, { signal }) => {
      const answer = await fetch(modelUrl, { method: 'POST', body: JSON.stringify(request), signal });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as Awaited<ReturnType<Model['generate']>>;
    },
  };
}

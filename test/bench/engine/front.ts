import { startChild } from '../support/child.ts';
import { inTemporaryFolder } from '../support/folder.ts';
import type { FrontKind } from './front-server.ts';
import type { LoadAnswer, LoadOptions } from './front-load.ts';
import { atLeast, atMost, type Row, type RowContext } from './row.ts';

const CONNECTIONS = 32;
const SECRET = 'a-secret-of-this-bench';
const PACED_PER_SECOND = 500;

/**
 * Signed 11 kB webhooks over 32 connections: what our front answers, each delivery durable on PostgreSQL, against
 * what a bare Probot middleware answers that writes nothing, in the same round. Server and load are processes of
 * their own.
 */
export const front: Row = {
  name: 'front',
  rounds: 3,
  measure: async (context) => {
    const seconds = context.isQuick ? 3 : 6;
    const bare = await load(context, 'bare', { kind: 'saturate', seconds });
    const ours = await load(context, 'muster', { kind: 'saturate', seconds });
    const paced = await load(context, 'muster', { kind: 'paced', seconds, perSecond: PACED_PER_SECOND });
    return [
      { what: 'share of bare Probot', value: ours.perSecond / bare.perSecond, unit: '', bar: atLeast(0.5) },
      { what: `p99 at ${PACED_PER_SECOND}/s`, value: paced.p99Ms, unit: 'ms', bar: atMost(50) },
      { what: 'ours', value: ours.perSecond, unit: 'requests/s', bar: null },
      { what: 'bare Probot', value: bare.perSecond, unit: 'requests/s', bar: null },
    ];
  },
};

async function load(
  { postgres }: RowContext,
  kind: FrontKind,
  pace: LoadOptions['pace'],
): Promise<LoadAnswer> {
  return inTemporaryFolder(async (folder) => {
    const server = startChild(new URL('front-server.ts', import.meta.url));
    const client = startChild(new URL('front-load.ts', import.meta.url));
    const databaseUrl = await postgres.createDatabase();
    const port = await server.call<number>('listen', { kind, databaseUrl, folder, secret: SECRET });
    const options: LoadOptions = { port, connections: CONNECTIONS, secret: SECRET, pace };
    // Once for nothing: what is compiled and connected on the first requests is not what is measured.
    await client.call('load', { ...options, pace: { ...pace, seconds: 1 } });
    const answer = await client.call<LoadAnswer>('load', options);
    await Promise.all([server.kill(), client.kill()]);
    if (answer.failed > 0) throw new Error(`${kind}: ${answer.failed} requests were not taken`);
    return answer;
  });
}

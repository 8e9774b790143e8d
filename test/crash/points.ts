import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, SqlValue, Transaction } from '../../src/ports/database.ts';
import type { GitHub, GitHubAccess } from '../../src/ports/github.ts';
import type { Model } from '../../src/ports/model.ts';
import type { Queue } from '../../src/ports/queue.ts';
import type { Workspaces } from '../../src/ports/workspace.ts';
import type { Engine } from '../../src/runs/engine.ts';

/** A persistence point, and the run on whose behalf it was reached: `delivery` for one, null outside of jobs. */
export interface Reached {
  run: string | null;
  point: string;
}

const runInHand = new AsyncLocalStorage<string | null>();

/**
 * The persistence points of Muster are what passes its ports: before and after every transaction that writes,
 * every call that changes GitHub, every model call and every job. They are named by what is written, so that a
 * point of one run is the same point in the next; and none can be forgotten, because none is put in by hand.
 */
export function withPoints(engine: Engine, tell: (reached: Reached) => void): Engine {
  const reached = async (point: string) => tell({ run: runInHand.getStore() ?? null, point });
  const around = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    await reached(`before ${name}`);
    const result = await work();
    await reached(`after ${name}`);
    return result;
  };
  const database = pointsOfDatabase(engine.database, reached);
  return {
    ...engine,
    database,
    queue: pointsOfQueue(engine.queue, around),
    githubAccess: pointsOfGitHub(engine.githubAccess, around),
    model: pointsOfModel(engine.model, around),
    workspaces: pointsOfWorkspaces(engine.workspaces, around),
  };
}

type Around = <T>(name: string, work: () => Promise<T>) => Promise<T>;

function pointsOfDatabase(database: Database, reached: (point: string) => Promise<void>): Database {
  return {
    ...database,
    statement: async (scope, sql, parameters) => {
      const write = writeOf(sql, parameters ?? []);
      if (write !== null) await reached(`before commit of ${write}`);
      const rows = await database.statement(scope, sql, parameters);
      if (write !== null) await reached(`after commit of ${write}`);
      return rows as never;
    },
    transaction: async (scope, work) => {
      const writes: string[] = [];
      const name = () => [...new Set(writes)].join(', ');
      const result = await database.transaction(scope, async (tx) => {
        const watched: Transaction = {
          query: async (sql, parameters) => {
            const write = writeOf(sql, parameters ?? []);
            if (write !== null) writes.push(write);
            return tx.query(sql, parameters);
          },
        };
        const inside = await work(watched);
        if (writes.length > 0) await reached(`before commit of ${name()}`);
        return inside;
      });
      if (writes.length > 0) await reached(`after commit of ${name()}`);
      return result;
    },
  };
}

/** `runs+ queued`, `steps+ r0/turn-1 turn`, `job completed`, …; null for what only reads or locks. */
function writeOf(sql: string, parameters: readonly SqlValue[]): string | null {
  if (sql.includes('pgboss.job')) {
    if (sql.includes('INSERT INTO')) return 'job sent';
    return sql.includes("'completed'") ? 'job completed' : null;
  }
  const writes = [...sql.matchAll(/(?<!FOR |KEY |DO )\b(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)/g)];
  if (writes.length === 0) return null;
  const tables = writes.map(
    ([, verb, table]) => `${table}${verb === 'INSERT INTO' ? '+' : verb === 'UPDATE' ? '~' : '-'}`,
  );
  const details = tables.some((table) => table.startsWith('inbox')) ? [] : parameters.flatMap(detailOf);
  return [...new Set(tables), columnSet(sql), ...details].filter(Boolean).join(' ');
}

/** What tells two updates of one table apart that have no telling parameter. */
function columnSet(sql: string): string {
  return /\bSET (attempt|tokens|failing_since|consumed_at)\b/.exec(sql)?.[1] ?? '';
}

/** Words of ours among the parameters; ids, digests and contents differ from run to run. */
function detailOf(value: SqlValue): string[] {
  if (typeof value !== 'string' || value.length > 40) return [];
  const isForeign = /^r_[a-z2-7]{12}$|^[{["]|^[0-9a-f-]{36}$|^\d{4}-\d\d/.test(value);
  if (isForeign) return [];
  return [
    value
      .replace(/#.*$/, '')
      .replaceAll(/r_[a-z2-7]{12}/g, 'run')
      .replaceAll(/:\d+|\d{2,}/g, 'N'),
  ];
}

function pointsOfQueue(queue: Queue, around: Around): Queue {
  return {
    ...queue,
    send: async (name, data, options) =>
      options?.tx === undefined
        ? around(`send ${name}`, async () => queue.send(name, data, options))
        : queue.send(name, data, options),
    work: async (name, concurrency, handler) =>
      queue.work(name, concurrency, async (job) => {
        const run = typeof job.data.runId === 'string' ? job.data.runId : name;
        return runInHand.run(run, async () => around(`job ${name}`, async () => handler(job)));
      }),
  };
}

function pointsOfModel(model: Model, around: Around): Model {
  return {
    providers: model.providers,
    generate: async (request, context) => {
      const turn = request.messages.filter((message) => message.role === 'assistant').length;
      return around(`${request.purpose} ${turn} of the model`, async () => model.generate(request, context));
    },
  };
}

function pointsOfWorkspaces(workspaces: Workspaces, around: Around): Workspaces {
  return {
    open: async (source, signal) => {
      const workspace = await around('open workspace', async () => workspaces.open(source, signal));
      return {
        ...workspace,
        writeFile: async (path, content) =>
          around('write file', async () => workspace.writeFile(path, content)),
      };
    },
  };
}

function pointsOfGitHub(access: GitHubAccess, around: Around): GitHubAccess {
  return {
    ...access,
    forTenant: async (tenant, keep) => watchWrites(await access.forTenant(tenant, keep), around),
    revoke: async (tokens) => around('github.revoke', async () => access.revoke(tokens)),
  };
}

/** Methods that leave GitHub as it is. */
const READS = /^(get|list|read|find|last|permissionOf|gitToken)/;

function watchWrites(github: GitHub, around: Around): GitHub {
  return new Proxy(github, {
    get: (target, name: keyof GitHub) => {
      const value = target[name];
      if (typeof value !== 'function' || READS.test(name)) return value;
      return async (...args: unknown[]) =>
        around(`github.${name}${words(name, args)}`, async () => Reflect.apply(value, target, args));
    },
  });
}

/** What the call says: the state that a tracking comment shows, a check's name and conclusion, the kind of a ref. */
function words(method: string, args: readonly unknown[]): string {
  const text = args.find((arg) => typeof arg === 'string' && arg.length > 3);
  switch (method) {
    case 'createComment':
    case 'updateComment':
      return ` ${commentKind(String(text))}`;
    case 'createCheck':
      return ` ${String(text)}`;
    case 'updateCheck':
      return ` ${checkState(args[1])}`;
    case 'createRef':
    case 'updateRef':
    case 'replaceRef':
      return ` ${String(text).split('/').slice(0, 2).join('/')}`;
    default:
      return '';
  }
}

function commentKind(body: string): string {
  if (!body.includes('<!-- muster:run=')) return 'of the agent';
  const headline = body.split('\n').find((line) => line.startsWith('#')) ?? '';
  const state = /queued|working|judging|waiting|publishing|done|failed|rejected|cancelled|expired/.exec(
    headline,
  );
  return `tracking ${state?.[0] ?? ''}`;
}

function checkState(content: unknown): string {
  if (typeof content !== 'object' || content === null) return '';
  const title = 'title' in content ? String(content.title).replaceAll(/[\d.]+/g, 'N') : '';
  const conclusion = 'conclusion' in content ? String(content.conclusion) : '';
  return `${title} ${conclusion}`;
}

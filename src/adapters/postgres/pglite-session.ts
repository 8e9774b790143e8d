import { type PGlite, parse, protocol } from '@electric-sql/pglite';
import type { SqlValue, Transaction } from '../../ports/database.ts';
import { assertCommitted, closedTransaction } from './transaction-errors.ts';

const { serialize } = protocol;

/** PGlite's one session, at a lower level than its own `query` and `transaction`. */
export interface PgliteSession {
  /** A statement by itself. */
  run(sql: string, values: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** The same as a transaction of one statement. */
  statement<Row>(opening: string, sql: string, values: readonly unknown[]): Promise<Row[]>;
  /** `opening` needs no parameters and follows BEGIN. A transaction without statements is none. */
  transaction<T>(opening: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
}

interface Statement {
  name: string;
  /** Object ids of its parameters' types. */
  types: number[];
}

/**
 * Crossing into PGlite costs more than what most statements do there, and its own `query` crosses six times and
 * plans anew each time. Here a statement is prepared once, and then crosses once, together with BEGIN where it is
 * the first of its transaction.
 */
export function createPgliteSession(pglite: PGlite): PgliteSession {
  const statements = new Map<string, Statement>();
  const send = async (...messages: Uint8Array[]) =>
    pglite.execProtocolStream(Buffer.concat(messages), { syncToFs: false });

  const prepare = async (key: string, sql: string): Promise<Statement> => {
    const name = `muster_${statements.size}`;
    const described = await send(
      serialize.parse({ name, text: sql }),
      serialize.describe({ type: 'S', name }),
      serialize.sync(),
    );
    const statement = { name, types: parse.parseDescribeStatementResults(described) };
    statements.set(key, statement);
    return statement;
  };

  /** A plan holds for one role, since row-level security is part of it. */
  const execute = async <Row>(
    role: 'own' | 'tenant',
    opening: string,
    sql: string,
    values: readonly unknown[],
  ): Promise<Row[]> => {
    const key = `${role}: ${sql}`;
    const { name, types } = statements.get(key) ?? (await prepare(key, sql));
    const answer = await send(
      ...(opening === '' ? [] : [serialize.query(opening)]),
      serialize.bind({
        statement: name,
        values: values.map((value, index) => toText(pglite, value, types[index])),
      }),
      serialize.describe({ type: 'P' }),
      serialize.execute(),
      serialize.sync(),
    );
    return (parse.parseResults(answer, pglite.parsers).at(-1)?.rows ?? []) as Row[];
  };

  const transact = async <T>(opening: string, work: (tx: Transaction) => Promise<T>): Promise<T> => {
    const role = opening === '' ? 'own' : 'tenant';
    let state: 'unopened' | 'open' | 'closed' = 'unopened';
    const tx: Transaction = {
      query: async (sql, values = []) =>
        pglite.runExclusive(async () => {
          if (state === 'closed') throw closedTransaction();
          const first = state === 'unopened' ? `BEGIN; ${opening}` : '';
          state = 'open';
          return execute(role, first, sql, values);
        }),
    };
    const close = async (command: 'COMMIT' | 'ROLLBACK') =>
      pglite.runExclusive(async () => {
        const wasOpen = state === 'open';
        state = 'closed';
        return wasOpen ? send(serialize.query(command)) : [];
      });
    try {
      const result = await work(tx);
      const [answer] = await close('COMMIT');
      if (answer !== undefined && 'text' in answer) assertCommitted(answer.text);
      return result;
    } catch (error) {
      await close('ROLLBACK');
      throw error;
    }
  };

  return {
    run: async (sql, values) =>
      pglite._runExclusiveTransaction(async () =>
        pglite.runExclusive(async () => execute('own', '', sql, values)),
      ),
    statement: async (opening, sql, values) =>
      pglite._runExclusiveTransaction(async () =>
        transact(opening, async (tx) => tx.query(sql, values as readonly SqlValue[])),
      ),
    transaction: async (opening, work) =>
      pglite._runExclusiveTransaction(async () => transact(opening, work)),
  };
}

/** As the parameter's type is written; `pglite.serializers` are keyed by the type's object id. */
function toText(pglite: PGlite, value: unknown, type: number | undefined): string | null {
  if (value === null || value === undefined) return null;
  const serializer = type === undefined ? undefined : pglite.serializers[type];
  if (serializer !== undefined) return serializer(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

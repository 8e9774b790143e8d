import type { Database, Transaction } from '../../ports/database.ts';

/** A turn at something that one replica at a time does; `value` is what the last one saved, null at first. */
export interface Turn {
  value: string | null;
}

/**
 * Takes the turn, or gives null where somebody took it less than `everyMs` ago. By the database's clock, so
 * that however many replicas ask, one goes.
 */
export async function takeTurn(database: Database, name: string, everyMs: number): Promise<Turn | null> {
  return database.transaction('system', async (tx) => {
    await tx.query('INSERT INTO cursors (name) VALUES ($1) ON CONFLICT DO NOTHING', [name]);
    const [row] = await tx.query<Turn>(
      `UPDATE cursors SET turn_at = now()
       WHERE name = $1 AND turn_at <= now() - $2::float8 * interval '1 millisecond' RETURNING value`,
      [name, everyMs],
    );
    return row ?? null;
  });
}

export async function saveCursor(tx: Transaction, name: string, value: string): Promise<void> {
  await tx.query('UPDATE cursors SET value = $2 WHERE name = $1', [name, value]);
}

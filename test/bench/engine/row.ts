import type { PostgresServer } from '../support/postgres-server.ts';

export interface Figure {
  what: string;
  value: number;
  unit: string;
  /** What the project demands; null where the figure only explains another. */
  bar: { kind: 'at_most' | 'at_least'; value: number } | null;
}

export interface RowContext {
  postgres: PostgresServer;
  /** Less of everything: to see that it works, not to publish. */
  isQuick: boolean;
}

/** One row of the table; `measure` is one round. */
export interface Row {
  name: string;
  /** Rounds of which the medians are taken; 1 where a round is a sample by itself. */
  rounds: number;
  measure(context: RowContext): Promise<Figure[]>;
}

export function atLeast(value: number): Figure['bar'] {
  return { kind: 'at_least', value };
}

export function atMost(value: number): Figure['bar'] {
  return { kind: 'at_most', value };
}

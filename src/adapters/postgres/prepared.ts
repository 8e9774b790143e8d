import type { QueryConfig } from 'pg';

/** By role and text; as many as there are statements in the program, since values never stand in the text. */
const names = new Map<string, string>();

/**
 * The statement under a name of its own, so that each connection parses and plans it once: the fetch of a job is
 * planned for longer than it runs. A plan holds for one role, since row-level security is part of it.
 */
export function prepared(text: string, values: readonly unknown[], role: 'own' | 'tenant'): QueryConfig {
  const key = `${role}: ${text}`;
  let name = names.get(key);
  if (name === undefined) {
    name = `muster_${names.size}`;
    names.set(key, name);
  }
  return { name, text, values: [...values] };
}

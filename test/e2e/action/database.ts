import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** An empty database on that server, and how to drop it. */
export async function createDatabase(server: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `muster_action_${randomBytes(6).toString('hex')}`;
  const execute = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await execute(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  return { url, drop: async () => execute(`DROP DATABASE ${name} WITH (FORCE)`) };
}

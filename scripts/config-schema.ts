import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configJsonSchema } from '../src/config/json-schema.ts';

/* Writes the JSON Schema of muster.yml anew: `node scripts/config-schema.ts && oxfmt schema`. */
const file = path.join(import.meta.dirname, '..', 'schema', 'muster.schema.json');
await writeFile(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);

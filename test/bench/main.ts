import { readdirSync } from 'node:fs';

/** `npm run bench -- NAME [args]`: runs `test/bench/NAME.ts`. */
interface Bench {
  run(args: string[]): Promise<void>;
}

const [name, ...args] = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -'.ts'.length));

if (name === undefined || !names.includes(name)) {
  console.error(`Which one? npm run bench -- ${names.join(' | ')} [args]`);
  process.exitCode = 2;
} else {
  const bench: Bench = await import(new URL(`${name}.ts`, import.meta.url).href);
  await bench.run(args);
}

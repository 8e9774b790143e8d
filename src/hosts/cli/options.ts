import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { messageOf, MusterError } from '../../domain/errors.ts';
import { nearNames } from '../../domain/near-names.ts';

type Parsed<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; allowPositionals: true; strict: true }>
>;

/** How many words may stand beside the options, and what they are, e.g. `one run id`. */
export interface Words {
  min: number;
  max: number;
  expected: string;
}

/**
 * The options and the other words of a command. Throws `usage`, in one line, for an option that it doesn't
 * know (with the nearest one that it does), a missing value, or too few or too many words.
 */
export function readOptions<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  words: Words = { min: 0, max: 0, expected: 'no words' },
): Parsed<Options> {
  const parsed = parse(args, options);
  const { length } = parsed.positionals;
  if (length < words.min || length > words.max) throw usage(`expected ${words.expected}`);
  return parsed;
}

/** A whole number of at least 1; throws `usage` naming the option. Null where it isn't given. */
export function readCount(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw usage(`--${name}: expected a whole number, not \`${text}\``);
}

/** A command that was called wrongly: exit code 2. */
export function usage(message: string): MusterError {
  return new MusterError('usage', message);
}

function parse<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
): Parsed<Options> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = messageOf(error).split('. ')[0] ?? '';
    const wrong = /^Unknown option '-{1,2}([^']*)'/.exec(message)?.[1];
    if (wrong === undefined) throw usage(message);
    const [near] = nearNames(wrong, Object.keys(options));
    const hint = near === undefined ? '' : `; did you mean \`--${near}\`?`;
    throw usage(`there is no option \`--${wrong}\`${hint}`);
  }
}

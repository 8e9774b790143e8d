const REPEATED = /x{5,}|\*{3,}|\.{3,}|0{8,}|#{4,}/i;

const FILLER_WORD =
  /example|sample|your[_-]|change_?me|place_?holder|redacted|replace_?(?:me|with)|dummy|put_|insert_|_here\b|abcdefghij|[<>]|\$\{|\{\{/i;

/** Shannon entropy in bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  let total = 0;
  for (const character of text) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
    total += 1;
  }
  return [...counts.values()].reduce((sum, count) => sum - (count / total) * Math.log2(count / total), 0);
}

/** True for text that is blanked out: `ghp_xxxx…`, `****`, `AKIAXXXX…`. */
export function isBlankedOut(value: string): boolean {
  return REPEATED.test(value);
}

/** True for what documentation writes where a secret would stand: `xxxx`, `<token>`, `YOUR_KEY`, `1111…`. */
export function looksMadeUp(value: string): boolean {
  if (isBlankedOut(value) || FILLER_WORD.test(value)) return true;
  return value.length >= 16 && entropyOf(value) < 2.7;
}

/**
 * True for a name (`my-api-key-v2`, `RealtimeV4TokenResult`), not random text: its parts are words with at most a
 * number behind them, or its runs of one kind of character are as long as words are. Random base62 has runs of
 * about two characters, words of about five.
 */
export function isWordy(value: string): boolean {
  const parts = value.split(/[^A-Za-z0-9]+/).filter((part) => part !== '');
  if (parts.every((part) => /^\d+$|^[A-Za-z]+\d{0,4}$/.test(part))) return true;
  const runs = value.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [];
  return runs.join('').length >= runs.length * 4;
}

/** How many of lower case, upper case, digits and other characters the value mixes: 0 to 4. */
export function characterClasses(value: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((pattern) => pattern.test(value)).length;
}

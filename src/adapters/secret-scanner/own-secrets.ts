import type { SecretFinding } from '../../ports/secrets.ts';

/** Shorter values would match ordinary words; no key or token that we hold is so short. */
const MIN_LENGTH = 6;
const MIN_LINE_LENGTH = 16;

const KIND = 'secret of this installation';

/** Finds every secret value that the process holds, raw or encoded, wherever it stands in a text. */
export function createOwnSecretFinder(ownSecrets: readonly string[]): (text: string) => SecretFinding[] {
  const values = ownSecrets.flatMap((secret) => [secret.trim(), ...longLines(secret)]);
  const secrets = new Set(values.filter((value) => value.length >= MIN_LENGTH));
  const needles = new Set([...secrets].flatMap(plainForms));
  const encoded = new Set([...secrets].flatMap(base64Forms));
  return (text) => [
    ...[...needles].flatMap((needle) => occurrences(text, needle)),
    ...[...encoded].flatMap((needle) => occurrences(text, needle).map((found) => widenBase64(text, found))),
  ];
}

// A PEM key is also found line by line: whoever prints it may change the line ends.
function longLines(secret: string): string[] {
  const lines = secret.split(/\r?\n|\\n/).map((line) => line.trim());
  return lines.length < 2
    ? []
    : lines.filter((line) => line.length >= MIN_LINE_LENGTH && !line.startsWith('-----'));
}

function plainForms(secret: string): string[] {
  const percent = encodeURIComponent(secret.toWellFormed());
  const json = JSON.stringify(secret).slice(1, -1);
  const hex = Buffer.from(secret).toString('hex');
  return [
    secret,
    percent,
    percent.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
    percent.replaceAll('%20', '+'),
    json,
    json.replaceAll('/', '\\/'),
    JSON.stringify(json).slice(1, -1),
    hex,
    hex.toUpperCase(),
  ];
}

// A value inside a longer text falls on one of three base64 alignments; the characters at both ends also
// carry bits of the neighbours, so only those in between are sure.
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const base64 = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = offset === 0 ? 0 : offset + 1;
    const last = Math.floor(((offset + bytes.length) * 8) / 6);
    const core = base64.slice(first, last);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function occurrences(text: string, needle: string): SecretFinding[] {
  const found: SecretFinding[] = [];
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length)) {
    found.push({ kind: KIND, start: at, end: at + needle.length });
  }
  return found;
}

function widenBase64(text: string, { kind, start, end }: SecretFinding): SecretFinding {
  const before = /[A-Za-z0-9+/_-]*$/.exec(text.slice(Math.max(0, start - 4096), start))?.[0].length ?? 0;
  const after = /^[A-Za-z0-9+/_-]*={0,2}/.exec(text.slice(end, end + 4096))?.[0].length ?? 0;
  return { kind, start: start - before, end: end + after };
}

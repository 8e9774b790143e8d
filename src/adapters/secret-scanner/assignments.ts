import { characterClasses, entropyOf, isWordy, looksMadeUp } from './entropy.ts';
import type { SecretFinding } from '../../ports/secrets.ts';

/*
 * A name that says secret, an operator, a value. The value decides: names such as `token` stand before
 * references, types, paths and prose far more often than before a secret.
 */
const ASSIGNMENT = new RegExp(
  String.raw`(?<key>passw(?:or)?d|passwd|pwd|passphrase|secret|token|api[_ -]?key|apikey|access[_-]?key|private[_-]?key|auth[_-]?key|encryption[_-]?key|signing[_-]?key|account[_-]?key|credential|(?:snyk|sonar)[\w.-]{0,12}(?:key|login))` +
    String.raw`(?<tail>[\w.-]{0,24})` +
    String.raw`(?:(?:\\?["'\x60\])])?[ \t]{0,8}(?:=>|\?=|:{0,3}={1,2}|:|,)[ \t]{0,8}|>|["' \t]{1,2}(?=["'])|(?<=--?[\w-]{3,40})[ \t]+)` +
    String.raw`(?:\\?["'](?<quoted>[^"'\\\s]{8,256})\\?["']|\x60(?<ticked>[^\x60\s]{8,256})\x60|(?<bare>[^\s"'\x60,;<>(){}&|\\]{8,256}))`,
  'gi',
);

/** Names that end so hold a name, a place or a size, not the secret itself. */
const HARMLESS_TAIL =
  /(?:id|ids|name|names|file|files|path|url|uri|host|length|len|size|type|types|count|ttl|expiry|expires|expires_?(?:in|at)|endpoint|algorithm|alg|field|header|param|parameter|prefix|suffix|label|format|version|hash|ref|arn|env|var|limit|max|min|index|regex|pattern|store|provider|manager|policy|scope|scopes|class|kind|usage|mode|color|colour|hint|page|reset|rotation|budget|budgets|s3?)$/i;

const REFERENCE =
  /^[$%@#/~.\\[]|\$[({A-Za-z_]|process\.env|os\.environ|getenv|secrets?[.:]|vault:|arn:|op:\/\/|:\/\/|^(?:true|false|null|none|undefined|nil)\b/i;

/** Values assigned to a name that says secret, where the value looks random. */
export function findAssignments(text: string): SecretFinding[] {
  return [...text.matchAll(ASSIGNMENT)].flatMap((match) => {
    const { key = '', tail = '', quoted, ticked, bare } = match.groups ?? {};
    const value = (quoted ?? ticked ?? bare ?? '').replace(/[.:!?]+$/, '');
    if (
      HARMLESS_TAIL.test(tail) ||
      /public[_-]?$/i.test(text.slice(Math.max(0, match.index - 7), match.index))
    )
      return [];
    const isPassword = /^pass|^pwd/i.test(key);
    if (!(isPassword ? looksLikePassword(value, bare === undefined) : looksRandom(value))) return [];
    const start = match.index + match[0].lastIndexOf(value);
    return [{ kind: isPassword ? 'password' : 'secret', start, end: start + value.length }];
  });
}

function looksLikePassword(value: string, isQuoted: boolean): boolean {
  if (isReference(value)) return false;
  if (looksRandom(value)) return true;
  if (!/\d/.test(value) || value.length < 8) return false;
  return characterClasses(value) >= 3 && (isQuoted || !isWordy(value));
}

function looksRandom(value: string): boolean {
  if (isReference(value) || value.length < 10 || !/[A-Za-z]/.test(value)) return false;
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return true;
  if (!/\d/.test(value)) return false;
  if (/[!@#$%^&*?~]/.test(value) && characterClasses(value) === 4 && value.length >= 12) return true;
  if (isWordy(value)) return false;
  const entropy = entropyOf(value);
  return value.length < 16 ? characterClasses(value) >= 3 && entropy >= 3 : entropy >= 3.1;
}

function isReference(value: string): boolean {
  return (
    REFERENCE.test(value) ||
    looksMadeUp(value) ||
    /^[A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)+$/.test(value)
  );
}

import { characterClasses, looksMadeUp } from './entropy.ts';
import type { SecretFinding } from '../../ports/secrets.ts';

const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]{0,16384}?-----END [A-Z0-9 ]{1,40}-----|[A-Za-z0-9+/=\s\\"'>|,:+-]{0,16384})/g;

const URL_CREDENTIALS =
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/(?<secret>[^\s/:@"'<>]{0,100}:[^\s/@"'<>]{3,256})@(?=[\w.[-])/gi;

const CURL_USER =
  /(?<=\s)(?:-u|--user)[= ]+(?:"(?<secret>[^"\n]{1,256})"|'(?<secret>[^'\n]{1,256})'|(?<secret>[^\s"'<>]{0,100}:(?:'[^'\n]+'|"[^"\n]+"|[^\s"'<>]+)))/g;

const AUTHORIZATION =
  /\b(?:proxy-)?authorization["'\\]{0,3}\s{0,4}[:=]\s{0,4}["'\\]{0,3}(?:(?:basic|bearer|token|api-?token|api-?key|digest|negotiate)\s+)?(?<secret>[^\s"'\\,;]{12,4096})/gi;

const COMMON_PASSWORD =
  /^(?:user(?:name)?|pass(?:word|wd|phrase)?|pw|pwd|secret|token|test(?:ing)?|admin|root|guest|postgres|mysql|mongo|redis|rabbitmq|minio|neo4j|elastic|hunter2|changeit|digest|none|null)\d{0,4}$/i;

/** Private keys, and credentials in URLs, `curl --user` and Authorization headers. */
export function findCredentials(text: string): SecretFinding[] {
  return [
    ...captured(text, PRIVATE_KEY, 'private key', holdsKeyMaterial),
    ...captured(text, URL_CREDENTIALS, 'password in a URL', isRealPair),
    ...captured(text, CURL_USER, 'password', isCurlUser),
    ...captured(text, AUTHORIZATION, 'credential of an Authorization header', isRealCredential),
  ];
}

function captured(
  text: string,
  pattern: RegExp,
  kind: string,
  isSecret: (value: string, before: string) => boolean,
): SecretFinding[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const value = match.groups?.secret ?? match[0];
    const start = match.index + match[0].lastIndexOf(value);
    return isSecret(value, text.slice(Math.max(0, match.index - 400), match.index))
      ? [{ kind, start, end: start + value.length }]
      : [];
  });
}

function holdsKeyMaterial(block: string): boolean {
  const body = block.replace(/-----[^-]+-----/g, '').replace(/\\[nrt]/g, '');
  return (body.match(/[A-Za-z0-9+/]{16,}/g) ?? []).join('').length >= 40 && !looksMadeUp(body.slice(0, 64));
}

function isCurlUser(pair: string, before: string): boolean {
  return pair.includes(':') && !pair.includes('://') && /\bcurl\b/.test(before) && isRealPair(pair);
}

function isRealPair(pair: string): boolean {
  const separator = pair.indexOf(':');
  const user = pair.slice(0, separator);
  const stated = pair.slice(separator + 1).replace(/^["']|["']$/g, '');
  // `curl -u KEY:` sends a key as the user, with no password.
  const password = stated === '' ? user : stated;
  if (password.length < 4 || COMMON_PASSWORD.test(password) || stated === user) return false;
  return !/^[[$%{]|\$[({A-Za-z_]/.test(password) && !looksMadeUp(pair);
}

function isRealCredential(value: string): boolean {
  if (/[${}<>[\]()]/.test(value) || looksMadeUp(value)) return false;
  return characterClasses(value) >= 2 && /\d|=$/.test(value);
}

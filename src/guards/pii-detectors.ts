import { isIP } from 'node:net';
import { getCountrySpecifications, validateIBAN, ValidationErrorsIBAN } from 'ibantools';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Range } from './edits.ts';

/** What of a person's data is found; names and addresses are not, since no pattern tells them from prose. */
export const PII_KINDS = ['email', 'iban', 'card', 'ssn', 'ip', 'phone'] as const;

export type PiiKind = (typeof PII_KINDS)[number];

export type PiiDetector = (text: string) => Range[];

const EMAIL =
  /(?<![\p{L}\p{N}/])[\p{L}\p{N}][\p{L}\p{N}._%+'-]{0,63}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}@])/gu;

const EXAMPLE_DOMAIN =
  /(?:^|\.)(?:example\.(?:com|org|net|edu)|example|test|invalid|localhost|local|localdomain|internal|lan|home|corp|arpa)$/i;

/** Endings of files and of systemd units: `logo@2x.png`, `getty@tty1.service`. */
const FILE_ENDING =
  /\.(?:png|jpe?g|gif|svg|webp|avif|ico|pdf|css|scss|js|mjs|cjs|ts|tsx|jsx|json|ya?ml|toml|md|py|rb|go|rs|java|sh|lock|log|tgz|zip|whl|jar|service|socket|timer|target|mount|slice|path)$/i;

/** E-mail addresses of people: not those of bots, `noreply`, example domains, nor `git@host:path`. */
export const findEmails: PiiDetector = (text) =>
  matches(text, EMAIL, (value, end, start) => {
    const at = value.lastIndexOf('@');
    const user = value.slice(0, at).toLowerCase();
    const domain = value.slice(at + 1);
    if (user === 'git' || /^(?:no-?reply|do-?not-?reply)\b/.test(user)) return false;
    if (domain.toLowerCase() === 'users.noreply.github.com') return false;
    // `https://user:password@host` names no person; what is secret in it is found as a secret.
    if (/:\/\/[^\s/]*$/.test(text.slice(Math.max(0, start - 100), start))) return false;
    // `user@host:folder/repository` is where scp and git put a path.
    if (/^:[~\w.-]*\//.test(text.slice(end, end + 256))) return false;
    return !EXAMPLE_DOMAIN.test(domain) && !FILE_ENDING.test(domain);
  });

const IBAN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}/g;

/** Account numbers whose country, length and check digits are right. */
export const findIbans: PiiDetector = (text) =>
  [...text.matchAll(IBAN)].flatMap((match) => {
    const length = getCountrySpecifications()[match[0].slice(0, 2)]?.chars;
    const value = typeof length === 'number' ? firstCharacters(match[0], length) : null;
    if (value === null || !hasRightIban(value.replaceAll(' ', ''))) return [];
    const end = match.index + value.length;
    return /[A-Za-z0-9]/.test(text[end] ?? '') ? [] : [{ start: match.index, end }];
  });

// Some countries' banks check their own part too; an account with only that wrong is still someone's typing.
function hasRightIban(iban: string): boolean {
  return validateIBAN(iban).errorCodes.every(
    (code) => code === ValidationErrorsIBAN.WrongAccountBankBranchChecksum,
  );
}

const CARD = /(?<![\w.+#/-])\d(?:[ -]?\d){11,18}(?![\w/-]|\.\d)/g;

/** Prefixes and lengths of Visa, Mastercard, American Express, Discover, JCB, Diners, UnionPay (ISO 7812). */
const CARD_BRAND =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|35\d{14,17}|(?:2131|1800)\d{11}|3(?:0[0-5]|095|[68]\d|9\d)\d{11,16}|62\d{14,17})$/;

/** So wide that ids match too: only where the text speaks of a card. */
const MAESTRO = /^(?:50|5[6-9]|6\d)\d{10,17}$/;

/** Numbers that payment providers publish for testing. */
const TEST_CARDS = new Set(
  '4242424242424242 4111111111111111 4000056655665556 4012888888881881 4000000000000002 5555555555554444 5105105105105100 378282246310005 371449635398431 6011111111111117 3056930009020004 3566002020360505'.split(
    ' ',
  ),
);

/** Payment card numbers with a brand's prefix and length and a right check digit. */
export const findCards: PiiDetector = (text) =>
  matches(text, CARD, (value, _end, start) => {
    const digits = value.replace(/\D/g, '');
    if (TEST_CARDS.has(digits) || !passesLuhn(digits)) return false;
    if (CARD_BRAND.test(digits)) return true;
    return MAESTRO.test(digits) && /\bcards?\b/i.test(text.slice(Math.max(0, start - 40), start));
  });

const SSN = /(?<![\w.+-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-]|\.\d)/g;
const BARE_SSN =
  /(?<=(?:\bssn|social security)\D{0,16})(?!000|666|9\d\d)\d{3}(?!00)\d{2}(?!0000)\d{4}(?!\d)/gi;

/** Numbers that the Social Security Administration lists as printed in advertisements or samples. */
const SAMPLE_SSNS = new Set(['078-05-1120', '219-09-9999', '123-45-6789']);

/** US social security numbers in ranges that are given out. */
export const findSsns: PiiDetector = (text) => [
  ...matches(text, SSN, (value) => !SAMPLE_SSNS.has(value)),
  ...matches(text, BARE_SSN, () => true),
];

const IPV4 = /(?<![\w.=~^-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/g;
const ASSIGNED_IPV4 = /(?<=[\w"' ][=])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/g;
const IPV6 =
  /(?<![\w:.])(?:[0-9a-f]{1,4}:){2,7}(?::|(?::?[0-9a-f]{1,4}){1,7})(?![\w:]|\.\d)|(?<![\w:.])[0-9a-f]{1,4}::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)(?![\w:])/gi;

/** Loopback, private, link-local, documentation, benchmark, multicast and unspecified ranges: nobody's address. */
const NOBODYS_IP =
  /^(?:0\.|10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|192\.0\.[02]\.|198\.1[89]\.|198\.51\.100\.|203\.0\.113\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|2(?:2[4-9]|3\d)\.|255\.255\.255\.|::|fe[89ab]|f[cd]|ff|2001:0?db8|64:ff9b)/i;

/** Public resolvers that documentation and configuration name everywhere. */
const RESOLVERS = new Set(['8.8.8.8', '8.8.4.4', '1.1.1.1', '1.0.0.1', '9.9.9.9', '4.4.4.4', '1.2.3.4']);

/** Public IP addresses; not versions (`v1.2.3.4`, `pkg==1.2.3.4`, `Chrome/120.0.0.0`), nor networks (`/8`). */
export const findIps: PiiDetector = (text) => {
  const isAddress = (value: string, end: number, start: number): boolean => {
    // `std::vector` and `a::b` are names; short addresses begin with a number in the ranges that are given out.
    if (value.includes('::') && !/^[0-9a-f]*\d[0-9a-f]*:/i.test(value)) return false;
    if (isIP(value) === 0 || NOBODYS_IP.test(value) || RESOLVERS.has(value)) return false;
    if (/^\/\d{1,2}\b/.test(text.slice(end, end + 4))) return false;
    const before = text.slice(Math.max(0, start - 24), start);
    return !/(?:\bversions?|\bver\.?|\brelease|\boid|\bsection|\bchapter|§|[\w)]\/|[<>=!]=)["':= ]{0,3}$/i.test(
      before,
    );
  };
  return [IPV4, ASSIGNED_IPV4, IPV6].flatMap((pattern) => matches(text, pattern, isAddress));
};

const INTERNATIONAL_PHONE =
  /(?<![\w.+/-])(?:\+|00)[1-9](?:[ ().\-/]{0,2}\d){6,14}(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w-]|\.\d)/g;
const NORTH_AMERICAN_PHONE =
  /(?<![\w.+/-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w-]|\.\d)/g;
/** Any number that people would dial, right behind a word for it. */
const NAMED_PHONE =
  /(?<=\b(?:(?:phone|telephone|tel|mobile|cell|cellphone|fax|whatsapp|sms)\b[^\d#]{0,40}|(?:call|dial|text|reach|answering|messages?)\b(?: (?:me|us|him|her|them|back))?(?: (?:at|on|to))?\W{0,3}))(?<![\w.#])\(?\d(?:[ ().\-/]{0,2}\d){5,13}(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w-]|\.\d|:\d)/gi;

/** Phone numbers: international ones, North American groups, and others where the text calls them so. */
export const findPhones: PiiDetector = (text) => [
  ...matches(text, INTERNATIONAL_PHONE, (value) => parsePhone(value.replace(/^00/, '+'))),
  ...matches(text, NORTH_AMERICAN_PHONE, (value) => parsePhone(value)),
  ...matches(text, NAMED_PHONE, (value) => /[ ().-]|^0/.test(value) && !/^\d{4}-\d{2}-\d{2}/.test(value)),
];

function parsePhone(value: string): boolean {
  return parsePhoneNumberFromString(value, 'US')?.isPossible() ?? false;
}

function matches(
  text: string,
  pattern: RegExp,
  isHit: (value: string, end: number, start: number) => boolean,
): Range[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const end = match.index + match[0].length;
    return isHit(match[0], end, match.index) ? [{ start: match.index, end }] : [];
  });
}

/** The shortest beginning that holds `count` characters other than spaces; null where there are fewer. */
function firstCharacters(value: string, count: number): string | null {
  let seen = 0;
  for (let index = 0; index < value.length; index += 1) {
    if (value[index] !== ' ') seen += 1;
    if (seen === count) return value.slice(0, index + 1);
  }
  return null;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    sum += index % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

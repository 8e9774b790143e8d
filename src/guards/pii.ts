import { applyEdits, untilStable, type Range } from './edits.ts';
import {
  findCards,
  findEmails,
  findIbans,
  findIps,
  findPhones,
  findSsns,
  PII_KINDS,
  type PiiDetector,
  type PiiKind,
} from './pii-detectors.ts';

/** A person's datum in a text, in UTF-16 units. */
export interface PiiFinding extends Range {
  kind: PiiKind;
}

/** Swaps personal data for tokens before a model reads them, and back for those who know them already. */
export interface PiiVault {
  /**
   * The text with `⟦email:NONCE:1⟧` for each datum; the same value has the same token within the run, numbered
   * in the order seen. Tokens that this vault didn't give out are written with plain brackets. Idempotent.
   */
  tokenise(text: string): string;
  /** Puts a value back where `allowed` says that the audience saw it; elsewhere `[redacted: e-mail address]`. */
  restore(text: string, allowed: (value: string) => boolean): string;
  /** What it hides, in the order seen: gives the same tokens to another vault of the same nonce. */
  contents(): HiddenDatum[];
}

export interface HiddenDatum {
  kind: PiiKind;
  value: string;
}

const DETECTORS: Record<PiiKind, PiiDetector> = {
  email: findEmails,
  iban: findIbans,
  card: findCards,
  ssn: findSsns,
  ip: findIps,
  phone: findPhones,
};

const NAMES: Record<PiiKind, string> = {
  email: 'e-mail address',
  iban: 'bank account',
  card: 'card number',
  ssn: 'social security number',
  ip: 'IP address',
  phone: 'phone number',
};

const TOKEN = /⟦([a-z]+:[^⟦⟧]*)⟧/g;

/** Personal data in the text, in order and apart: where two kinds meet, the stricter check wins. */
export function findPii(text: string): PiiFinding[] {
  const taken: PiiFinding[] = [];
  for (const kind of PII_KINDS) {
    for (const { start, end } of DETECTORS[kind](text)) {
      if (taken.every((other) => end <= other.start || start >= other.end)) taken.push({ kind, start, end });
    }
  }
  return taken.sort((left, right) => left.start - right.start);
}

/** What a kind is called in a message to a person. */
export function piiName(kind: PiiKind): string {
  return NAMES[kind];
}

/** `[redacted: e-mail address]` for every datum but those that `isKnown` lets stand. Idempotent. */
export function redactPii(
  text: string,
  isKnown: (value: string) => boolean = () => false,
): { text: string; kinds: PiiKind[] } {
  const kinds = new Set<PiiKind>();
  const redactedText = replacePii(text, (kind, value) => {
    if (isKnown(value)) return null;
    kinds.add(kind);
    return redacted(kind);
  });
  return { text: redactedText, kinds: [...kinds] };
}

// Taking one datum out can make its neighbour stand free, and be found.
function replacePii(text: string, replace: (kind: PiiKind, value: string) => string | null): string {
  return untilStable(text, (current) =>
    applyEdits(
      current,
      findPii(current).flatMap(({ kind, start, end }) => {
        const replacement = replace(kind, current.slice(start, end));
        return replacement === null ? [] : [{ start, end, replacement }];
      }),
    ),
  );
}

/**
 * A vault of one run, with the contents that an earlier one had. The nonce must be unguessable: it keeps a text
 * from naming tokens before they exist.
 */
export function createPiiVault(nonce: string, contents: readonly HiddenDatum[] = []): PiiVault {
  const tokens = new Map<string, string>();
  const values = new Map<string, HiddenDatum>();

  const tokenFor = (kind: PiiKind, value: string): string => {
    const known = tokens.get(`${kind}:${value}`);
    if (known !== undefined) return known;
    const token = `⟦${kind}:${nonce}:${tokens.size + 1}⟧`;
    tokens.set(`${kind}:${value}`, token);
    values.set(token, { kind, value });
    return token;
  };
  for (const { kind, value } of contents) tokenFor(kind, value);

  return {
    contents: () => [...values.values()],
    tokenise(text) {
      const honest = text.replace(TOKEN, (token, inner: string) =>
        values.has(token) ? token : `[${inner}]`,
      );
      return replacePii(honest, tokenFor);
    },
    restore(text, allowed) {
      return text.replace(TOKEN, (token) => {
        const entry = values.get(token);
        if (entry === undefined) return token;
        return allowed(entry.value) ? entry.value : redacted(entry.kind);
      });
    },
  };
}

function redacted(kind: PiiKind): string {
  return `[redacted: ${NAMES[kind]}]`;
}

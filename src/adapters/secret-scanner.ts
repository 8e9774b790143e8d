import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { findAssignments } from './secret-scanner/assignments.ts';
import { findCredentials } from './secret-scanner/credentials.ts';
import { isBlankedOut } from './secret-scanner/entropy.ts';
import { findFormats } from './secret-scanner/formats.ts';
import { createOwnSecretFinder } from './secret-scanner/own-secrets.ts';
import { hiddenReadings } from './secret-scanner/views.ts';
import type { SecretFinding, SecretScanner } from '../ports/secrets.ts';

// It keeps a performance entry for each rule of each scan, for ever.
secretLintProfiler.setEnabled(false);

/** Names for people; a rule that is not listed says `secret`. */
const KINDS: Record<string, string> = {
  aws: 'AWS key',
  gcp: 'Google service account key',
  npm: 'npm token',
  slack: 'Slack token',
  basicauth: 'password in a URL',
  openai: 'OpenAI key',
  anthropic: 'Anthropic key',
  groq: 'Groq key',
  huggingface: 'Hugging Face token',
  linear: 'Linear key',
  notion: 'Notion token',
  privatekey: 'private key',
  sendgrid: 'SendGrid key',
  shopify: 'Shopify token',
  stripe: 'Stripe key',
  github: 'GitHub token',
  gitlab: 'GitLab token',
  grafana: 'Grafana token',
  '1password': '1Password token',
  'database-connection-string': 'password in a URL',
  'hashicorp-vault': 'Vault token',
  vercel: 'Vercel token',
  databricks: 'Databricks token',
  docker: 'Docker token',
  figma: 'Figma token',
  cloudflare: 'Cloudflare token',
  tailscale: 'Tailscale key',
};

const RULE_PREFIX = '@secretlint/secretlint-rule-';

// The rule that reads `secretlint-disable` comments is left out: whoever wrote the text would switch the scan off.
const config = {
  rules: rules
    .filter((rule) => rule.meta.id !== `${RULE_PREFIX}filter-comments`)
    .map((rule) => ({
      id: rule.meta.id,
      rule,
      // An account id is not a secret, and the rule for it matches any twelve digits after `account`.
      ...(rule.meta.id === `${RULE_PREFIX}aws`
        ? { options: { enableIDScanRule: true }, allowMessageIds: ['AWSAccountID'] }
        : {}),
    })),
};

/**
 * Secrets in a text: vendor formats (secretlint's preset and our own), private keys, credentials in URLs and
 * headers, random values assigned to names that say secret, and each of `ownSecrets` exactly. Escaped, percent-encoded,
 * base64 and invisibly split forms are found too. Findings may overlap; offsets are UTF-16 units.
 */
export function createSecretScanner(options: { ownSecrets: readonly string[] }): SecretScanner {
  const findOwn = createOwnSecretFinder(options.ownSecrets);
  const scanReading = async (text: string, path: string): Promise<SecretFinding[]> => {
    const found = [
      ...findOwn(text),
      ...(await lintPreset(text, path)),
      ...findFormats(text),
      ...findCredentials(text),
      ...findAssignments(text),
    ];
    return found.map((finding) => wholeWord(text, finding));
  };
  return {
    async scan(text, path = 'text.txt') {
      const found = await scanReading(text, path);
      for (const view of hiddenReadings(text)) {
        const inView = await scanReading(view.text, 'text.txt');
        found.push(...inView.map(({ kind, start, end }) => ({ kind, ...view.toOriginal(start, end) })));
      }
      return found.filter(({ start, end }) => start < end).sort((left, right) => left.start - right.start);
    },
  };
}

async function lintPreset(content: string, filePath: string): Promise<SecretFinding[]> {
  const { messages } = await lintSource({
    source: { filePath, content, ext: '', contentType: 'text' },
    options: { config, noPhysicFilePath: true, maskSecrets: true },
  });
  return messages
    .filter(({ range }) => !isBlankedOut(content.slice(range[0], range[1])))
    .map(({ ruleId, range }) => ({
      kind: KINDS[ruleId.replace(RULE_PREFIX, '')] ?? 'secret',
      start: range[0],
      end: range[1],
    }));
}

// A pattern may stop before the token does; what is left of it would still be a piece of the secret.
function wholeWord(text: string, { kind, start, end }: SecretFinding): SecretFinding {
  const before = /[A-Za-z0-9_-]*$/.exec(text.slice(Math.max(0, start - 256), start))?.[0].length ?? 0;
  const after = /^[A-Za-z0-9_-]*/.exec(text.slice(end, end + 1024))?.[0].length ?? 0;
  const isInsideWord = /[A-Za-z0-9]/.test(text[start] ?? '');
  return { kind, start: isInsideWord ? start - before : start, end: end + after };
}

import { looksMadeUp } from './entropy.ts';
import type { SecretFinding } from '../../ports/secrets.ts';

interface SecretFormat {
  kind: string;
  /** Global. Group 1 is the secret where the match holds context too. */
  pattern: RegExp;
}

/*
 * Formats that their vendors document (prefix, alphabet, length), where the preset has no rule or one that
 * is narrower than what is issued today. Lengths are lower bounds: what follows is taken into the finding.
 */
const FORMATS: readonly SecretFormat[] = [
  // Installation tokens are `ghs_APPID_JWT` since 2026, far longer than the classic 36 characters.
  { kind: 'GitHub token', pattern: /ghs_\d+_eyJ[\w-]{10,}(?:\.[\w-]*){0,2}/g },
  { kind: 'GitHub token', pattern: /gh[pousr]_[A-Za-z0-9]{36,}/g },
  { kind: 'GitHub token', pattern: /github_pat_\w{36,}/g },
  { kind: 'GitLab token', pattern: /gl(?:pat|ptt|dt|rt|cbt|ft|soat|oas|imt|agent|ffct)-[\w.-]{20,}/g },
  { kind: 'GitLab token', pattern: /GR1348941[\w-]{20,}/g },
  { kind: 'JSON Web Token', pattern: /(?<![A-Za-z0-9-])eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*){1,3}/g },
  { kind: 'Google API key', pattern: /AIza[\w-]{35,}/g },
  { kind: 'Google OAuth secret', pattern: /GOCSPX-[\w-]{24,}/g },
  { kind: 'Google OAuth token', pattern: /ya29\.[\w-]{30,}/g },
  { kind: 'AWS key', pattern: /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g },
  { kind: 'AWS Bedrock key', pattern: /ABSK[A-Za-z0-9+/]{109,}={0,2}/g },
  { kind: 'Azure client secret', pattern: /(?<![\w~.-])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g },
  { kind: 'Azure key', pattern: /(?:Account|SharedAccess)Key=([A-Za-z0-9+/]{40,88}={1,2})/gi },
  { kind: 'Azure shared access signature', pattern: /[?&;]sig=([A-Za-z0-9%+/]{43,}(?:%3D|=)?)/gi },
  { kind: 'DigitalOcean token', pattern: /do[opr]_v1_[a-f0-9]{64}/g },
  { kind: 'Cloudflare key', pattern: /v1\.0-[a-f0-9]{24}-[a-f0-9]{100,}/g },
  { kind: 'Heroku key', pattern: /HRKU-[\w-]{36,}/g },
  { kind: 'Fly.io token', pattern: /fm[12][ar]?_[A-Za-z0-9+/=_-]{60,}/g },
  { kind: 'Netlify token', pattern: /nfp_[A-Za-z0-9]{36,}/g },
  { kind: 'Render key', pattern: /rnd_[A-Za-z0-9]{28,}/g },
  { kind: 'Scalingo token', pattern: /tk-us-[\w-]{40,}/g },
  { kind: 'Alibaba key', pattern: /LTAI[A-Za-z0-9]{16,20}(?![A-Za-z0-9])/g },
  { kind: 'Telegram bot token', pattern: /\d{7,12}:AA[\w-]{30,}/g },
  { kind: 'Discord bot token', pattern: /[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,}/g },
  { kind: 'Discord webhook', pattern: /discord(?:app)?\.com\/api\/webhooks\/\d+\/([\w-]{50,})/g },
  { kind: 'Slack token', pattern: /xox[a-z](?:\.xox[a-z])?-\d+-(?=[A-Za-z-]*\d)[A-Za-z0-9-]{16,}/g },
  { kind: 'Slack token', pattern: /xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]{32,}/gi },
  {
    kind: 'Slack webhook',
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/([A-Za-z0-9+/]{30,})/g,
  },
  { kind: 'Teams webhook', pattern: /\.webhook\.office\.com\/webhookb2\/([\w@/-]{60,})/g },
  { kind: 'Twilio key', pattern: /SK[0-9a-f]{32}(?![0-9a-f])/g },
  { kind: 'SendGrid key', pattern: /SG\.[\w-]{16,32}\.[\w-]{32,64}/g },
  { kind: 'Mailgun key', pattern: /key-[0-9a-f]{32}(?![0-9a-f])/g },
  { kind: 'Mailchimp key', pattern: /[0-9a-f]{32}-us\d{1,2}(?!\d)/g },
  { kind: 'Stripe key', pattern: /[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,}/g },
  { kind: 'Stripe webhook secret', pattern: /whsec_[A-Za-z0-9+/]{24,}={0,2}/g },
  { kind: 'Square token', pattern: /(?:sq0atp|sq0csp|sq0idp)-[\w-]{22,}/g },
  { kind: 'Plaid token', pattern: /access-(?:sandbox|development|production)-[0-9a-f-]{36}/g },
  { kind: 'Shopify token', pattern: /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/g },
  { kind: 'Facebook token', pattern: /EAA[A-Za-z0-9]{80,}/g },
  { kind: 'Facebook token', pattern: /(?<!\d)\d{15,16}(?:\||%7C)[\w-]{27,}/g },
  { kind: 'PyPI token', pattern: /pypi-AgE[\w-]{50,}/g },
  { kind: 'NuGet key', pattern: /oy2[a-z0-9]{43}(?![a-z0-9])/g },
  { kind: 'npm token', pattern: /npm_[A-Za-z0-9]{36,}/g },
  { kind: 'RubyGems key', pattern: /rubygems_[a-f0-9]{48}/g },
  { kind: 'crates.io token', pattern: /cio[A-Za-z0-9]{32}(?![A-Za-z0-9])/g },
  { kind: 'Clojars token', pattern: /CLOJARS_[a-z0-9]{60}/gi },
  { kind: 'Docker token', pattern: /dckr_[po]at_[\w-]{20,}/g },
  { kind: 'JFrog key', pattern: /AKCp[A-Za-z0-9]{69,}/g },
  { kind: 'OpenAI key', pattern: /sk-(?:proj|svcacct|admin|None)-[\w-]{32,}/g },
  { kind: 'Anthropic key', pattern: /sk-ant-[a-z]+\d{2}-[\w-]{80,}/g },
  { kind: 'OpenRouter key', pattern: /sk-or-v\d-[a-f0-9]{64}/g },
  { kind: 'model provider key', pattern: /sk-[A-Za-z0-9]{32,}/g },
  { kind: 'Groq key', pattern: /gsk_[A-Za-z0-9]{40,}/g },
  { kind: 'xAI key', pattern: /xai-[A-Za-z0-9]{60,}/g },
  { kind: 'Perplexity key', pattern: /pplx-[A-Za-z0-9]{40,}/g },
  { kind: 'Replicate token', pattern: /r8_[A-Za-z0-9]{37}/g },
  { kind: 'Hugging Face token', pattern: /(?:hf_|api_org_)[A-Za-z]{30,}(?![A-Za-z0-9_])/g },
  { kind: 'LangSmith key', pattern: /lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{8,}/g },
  { kind: 'Databricks token', pattern: /dapi[a-f0-9]{32}(?:-\d)?(?![a-f0-9])/g },
  { kind: 'Grafana token', pattern: /glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}/g },
  { kind: 'Grafana token', pattern: /glc_[A-Za-z0-9+/]{32,}={0,3}/g },
  { kind: 'New Relic key', pattern: /NR(?:AK|AA|JS|II|RA|BR|AL|SP)-[A-Za-z0-9]{19,}/g },
  { kind: 'Datadog key', pattern: /dd(?:og|apt|app)_[A-Za-z0-9]{34,}/g },
  { kind: 'Dynatrace token', pattern: /dt0[a-zA-Z]\d{2}\.[A-Z2-7]{24}\.[A-Z2-7]{64}/g },
  { kind: 'Sentry token', pattern: /sntry[su]_[A-Za-z0-9+/=_-]{60,}/g },
  { kind: 'SonarQube token', pattern: /sq[apu]_[a-f0-9]{40}/g },
  { kind: 'Linear key', pattern: /lin_(?:api|oauth)_[A-Za-z0-9]{32,}/g },
  { kind: 'Notion token', pattern: /ntn_[A-Za-z0-9]{40,}/g },
  { kind: 'Figma token', pattern: /figd_[\w-]{38,}/g },
  { kind: 'Airtable token', pattern: /pat[A-Za-z0-9]{14}\.[a-f0-9]{64}/g },
  { kind: 'Atlassian token', pattern: /AT(?:ATT|CTT|BB)[A-Za-z0-9][\w=-]{24,}/g },
  { kind: 'Postman key', pattern: /PMAK-[a-f0-9]{24}-[a-f0-9]{34}/g },
  { kind: 'Supabase key', pattern: /(?:sbp_[a-f0-9]{40}|sb_secret_[\w-]{20,})/g },
  { kind: 'PlanetScale token', pattern: /pscale_(?:tkn|oauth|pw)_[\w.=-]{32,}/g },
  { kind: 'Doppler token', pattern: /dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,}/g },
  { kind: 'Pulumi token', pattern: /pul-[a-f0-9]{40}/g },
  { kind: 'Prefect key', pattern: /pn[ub]_[A-Za-z0-9]{36}/g },
  { kind: 'Terraform token', pattern: /[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}/g },
  { kind: 'Vault token', pattern: /hv[sbr]\.[\w-]{24,}/g },
  {
    kind: 'Vault token',
    pattern: /(?<![\w.])s\.(?=[A-Za-z]*\d)(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{24}(?![A-Za-z0-9])/g,
  },
  { kind: 'Buildkite token', pattern: /bk(?:ua|aj|pat|ct)_[a-f0-9]{40}/g },
  { kind: 'CircleCI token', pattern: /CCI(?:PAT|PRJ)_[A-Za-z0-9]{22}_[a-f0-9]{40}/g },
  { kind: 'Octopus key', pattern: /(?<![\w-])API-(?=[A-Z]*\d)[A-Z0-9]{26}(?![\w-])/g },
  { kind: 'OpenShift token', pattern: /sha256~[\w-]{43}/g },
  { kind: 'Sourcegraph token', pattern: /sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}/g },
  { kind: 'Infracost key', pattern: /ico-[A-Za-z0-9]{32}/g },
  { kind: '42 secret', pattern: /s-s4t2(?:ud|af)-[a-f0-9]{64}/g },
  {
    kind: '1Password key',
    pattern: /A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}/g,
  },
  { kind: '1Password token', pattern: /ops_eyJ[A-Za-z0-9+/]{200,}={0,3}/g },
  { kind: 'age key', pattern: /AGE-SECRET-KEY-1[0-9A-Z]{58}/g },
];

/** Every vendor format in the text that is not made of filler such as `xxxx`. */
export function findFormats(text: string): SecretFinding[] {
  return FORMATS.flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const secret = match[1] ?? match[0];
      const start = match.index + match[0].lastIndexOf(secret);
      if (continuesWord(text, start, secret) || looksMadeUp(secret)) return [];
      return [{ kind, start, end: start + secret.length }];
    }),
  );
}

// A prefix inside a longer word (`task-…` for `sk-…`) is no prefix.
function continuesWord(text: string, start: number, secret: string): boolean {
  return /^[A-Za-z0-9]/.test(secret) && /[A-Za-z0-9]/.test(text[start - 1] ?? '');
}

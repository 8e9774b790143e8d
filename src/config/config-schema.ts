import picomatch from 'picomatch';
import { z } from 'zod';
import { RUN_STATES } from '../domain/run.ts';
import { agentName, byKind, gateValue, providerModel, score, usd } from './schema-parts.ts';

const level = z.enum(['read', 'triage', 'write', 'maintain', 'admin']);

const glob = z
  .string()
  .min(1)
  .max(500)
  .refine(isPlainGlob, 'expected a glob such as `infra/**`, without `!` in front and without a leading `/`');

const agent = z.strictObject({
  enabled: z.boolean().default(true).describe('False: no trigger starts this agent.'),
  autonomy: z
    .enum(['dry-run', 'comment-only', 'gated', 'auto'])
    .optional()
    .describe('How far the agent may go by itself.'),
  model: z.union([z.enum(['fast', 'standard', 'deep']), providerModel]).optional(),
});

const price = z
  .strictObject({
    input: z.number().min(0).max(100_000),
    cached: z.number().min(0).max(100_000).optional().describe('The price of input when absent.'),
    output: z.number().min(0).max(100_000),
  })
  .describe('US dollars per million tokens.');

const notifyTarget = z.strictObject({
  url: z.url({ protocol: /^https$/, error: 'expected an `https://` URL' }).max(2_000),
  events: z
    .array(z.enum(RUN_STATES))
    .min(1)
    .default(['waiting', 'done', 'failed'])
    .describe('The run states that are sent.'),
  secret_env: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'expected the name of an environment variable, e.g. `NOTIFY_SECRET`')
    .optional()
    .describe('The environment variable whose value signs what is sent.'),
});

/** `.github/muster.yml` as people write it: fifteen keys, every one optional, amounts in US dollars. */
export const configFileSchema = z
  .strictObject({
    agents: z.record(agentName, agent).default({}).describe('Settings of single agents, by name.'),
    permission: z
      .strictObject({ trigger: level.default('write'), approve: level.default('write') })
      .prefault({})
      .describe('The least access that a person needs, asked from GitHub each time.'),
    bots: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,99}(\[bot\])?$/, 'expected a login, e.g. `renovate[bot]`'),
      )
      .default([])
      .describe('Bots that may trigger. They never approve.'),
    models: z
      .strictObject({
        fast: providerModel.optional(),
        standard: providerModel.optional(),
        deep: providerModel.optional(),
        judge: providerModel.optional(),
        prices: z.record(providerModel, price).default({}),
      })
      .prefault({}),
    budgets: z
      .strictObject({
        run: usd.optional().describe('1.00 unless set.'),
        day: usd.optional().describe('20.00 unless set.'),
        month: usd.optional().describe('200.00 unless set.'),
      })
      .prefault({})
      .describe('US dollars.'),
    gate: z
      .strictObject({ ...byKind(gateValue), required: z.boolean().default(false) })
      .prefault({})
      .describe('What each kind of proposal needs; `required` reports the gate on every pull request.'),
    approvals: z
      .strictObject({
        count: z.int().min(1).max(10).default(1),
        not_requester: z.boolean().default(false),
        expire_days: z.int().min(1).max(90).default(7),
      })
      .prefault({}),
    judge: z
      .strictObject({ threshold: score.default(0.7), panel: z.int().min(1).max(5).default(1) })
      .prefault({}),
    memory: z
      .strictObject({ days: z.int().min(1).max(3_650).default(180) })
      .prefault({})
      .describe('How long notes are kept.'),
    mcp: z
      .record(agentName, z.record(z.string(), z.unknown()))
      .default({})
      .describe('MCP servers that agents may name.'),
    protected: z.array(glob).default([]).describe('Paths whose change always needs a person.'),
    privacy: z.strictObject({ pii: z.enum(['tokenise', 'redact', 'off']).default('tokenise') }).prefault({}),
    merge: z.enum(['never', 'when_approved']).default('never'),
    notify: z.array(notifyTarget).max(10).default([]),
    dry_run: z.boolean().default(false).describe('Everything happens but publishing.'),
  })
  .describe('Configuration of Muster, `.github/muster.yml`.');

export type ConfigFile = z.output<typeof configFileSchema>;

function isPlainGlob(text: string): boolean {
  if (/^[!/]/.test(text)) return false;
  try {
    picomatch.makeRe(text);
    return true;
  } catch {
    return false;
  }
}

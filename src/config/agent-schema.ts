import { z } from 'zod';
import { PROPOSAL_KINDS } from '../domain/proposal.ts';
import type { AgentDefinition, OutputLimit, ToolGrant } from '../domain/agent.ts';
import { usdToMicroUsd } from '../domain/money.ts';
import { onSchema, readOn } from './event-bindings.ts';
import { byKind, gateValue, MAX_CRITERIA, score, usd } from './schema-parts.ts';

const max = z.int().min(0).max(50);

const limit = z.union([max, z.strictObject({ max })]);

const label = z
  .string()
  .min(1)
  .max(50)
  .refine((name) => !/^(agent|flow):/i.test(name), 'expected a label that starts no agent or flow');

const workflow = z
  .string()
  .regex(/^[\w.-]{1,100}\.ya?ml$/, 'expected the file name of a workflow, e.g. `deploy.yml`');

/** Everything of ours in an agent file, under `muster:`. Unknown keys are errors. */
export const musterKeySchema = z.strictObject({
  category: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected one lower-case word, e.g. `quality`')
    .optional(),
  on: onSchema.optional(),
  outputs: z
    .strictObject({
      ...byKind(limit),
      labels: z.union([max, z.strictObject({ max, allow: z.array(label).min(1).optional() })]).optional(),
      dispatch: z.strictObject({ max, allow: z.array(workflow).min(1) }).optional(),
    })
    .optional(),
  gate: z.union([gateValue, z.strictObject(byKind(gateValue))]).optional(),
  budget: z
    .strictObject({ usd: usd.default(0.5), minutes: z.number().positive().max(360).default(15) })
    .prefault({}),
  judge: z
    .strictObject({
      threshold: score.optional(),
      criteria: z
        .record(
          z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'expected a name such as `root_cause`'),
          z.string().trim().min(1).max(500),
        )
        .refine(
          (criteria) => Object.keys(criteria).length >= 1 && Object.keys(criteria).length <= MAX_CRITERIA,
          `expected 1 to ${MAX_CRITERIA} criteria`,
        )
        .optional(),
    })
    .prefault({}),
});

export type MusterKey = z.output<typeof musterKeySchema>;

const DEFAULT_CRITERIA = {
  does_what_was_asked: 'Does what was asked.',
  claims_supported: 'Claims are supported.',
};

/** What `muster:` means for an agent with these grants, with PRODUCT's defaults filled in. */
export function readMusterKey(
  key: MusterKey,
  grants: readonly ToolGrant[],
): Pick<AgentDefinition, 'category' | 'on' | 'schedules' | 'outputs' | 'gate' | 'budget' | 'judge'> {
  return {
    category: key.category ?? null,
    ...readOn(key.on),
    outputs: key.outputs === undefined ? defaultOutputs(grants) : readOutputs(key.outputs),
    gate: readGate(key.gate),
    budget: { microUsd: usdToMicroUsd(key.budget.usd), minutes: key.budget.minutes },
    judge: {
      threshold: key.judge.threshold ?? null,
      criteria: key.judge.criteria ?? DEFAULT_CRITERIA,
    },
  };
}

function defaultOutputs(grants: readonly ToolGrant[]): AgentDefinition['outputs'] {
  return { comment: { max: 1 }, ...(grants.includes('edit') && { pull_request: { max: 1 } }) };
}

/** A maximum of 0 is the same as no such output. */
function readOutputs(outputs: NonNullable<MusterKey['outputs']>): AgentDefinition['outputs'] {
  const limits: AgentDefinition['outputs'] = {};
  for (const kind of PROPOSAL_KINDS) {
    const output = outputs[kind];
    const read = typeof output === 'number' ? { max: output } : output;
    if (read === undefined || read.max === 0) continue;
    limits[kind] = toLimit(read);
  }
  return limits;
}

function toLimit(output: { max: number; allow?: string[] | undefined }): OutputLimit {
  return { max: output.max, ...(output.allow !== undefined && { allow: output.allow }) };
}

/** `review` alone speaks of pull requests, the only kind that it is a value of its own for. */
function readGate(gate: MusterKey['gate']): AgentDefinition['gate'] {
  if (gate === undefined) return {};
  const single = typeof gate === 'string';
  const kinds = gate === 'review' ? (['pull_request'] as const) : PROPOSAL_KINDS;
  const values: AgentDefinition['gate'] = {};
  for (const kind of kinds) {
    const value = single ? gate : gate[kind];
    if (value !== undefined) values[kind] = value;
  }
  return values;
}

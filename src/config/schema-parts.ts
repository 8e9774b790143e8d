import { z } from 'zod';
import { GATE_VALUES } from '../domain/gate.ts';
import type { ProposalKind } from '../domain/proposal.ts';

/** Rubrics are scored one entry a criterion; more would not fit a check's table. */
export const MAX_CRITERIA = 10;

/** An amount of US dollars above zero, as people write it. */
export const usd = z.number().positive().max(100_000);

export const score = z.number().min(0).max(1);

export const gateValue = z.enum(GATE_VALUES);

/** `provider/model`, e.g. `anthropic/claude-haiku-4-5`. */
export const providerModel = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\/[^\s/]\S*$/, 'expected `provider/model`, e.g. `anthropic/claude-haiku-4-5`')
  .max(200);

/** The name of an agent, as labels and commands write it. */
export const agentName = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/, 'expected a name of lower-case letters, digits and hyphens, at most 64');

/** One optional key for each proposal kind. */
export function byKind<Value extends z.ZodType>(value: Value): Record<ProposalKind, z.ZodOptional<Value>> {
  const optional = value.optional();
  return {
    notes: optional,
    labels: optional,
    assign: optional,
    pull_request: optional,
    review: optional,
    issue: optional,
    comment: optional,
    dispatch: optional,
    close: optional,
  };
}

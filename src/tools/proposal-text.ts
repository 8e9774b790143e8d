import { z } from 'zod';

/** GitHub takes 65,536 characters; what Muster adds itself needs some of them. */
const MAX_BODY_CHARACTERS = 60_000;

export const bodySchema = z
  .string()
  .trim()
  .min(1)
  .max(MAX_BODY_CHARACTERS)
  .describe('In GitHub Markdown, for people.');

export const titleSchema = z
  .string()
  .trim()
  .min(1)
  .max(256)
  .regex(/^[^\r\n]*$/, 'must be one line')
  .describe('One line.');

/** What the model is told of every proposal: it has asked, nothing has happened. */
export const PROPOSED = 'Proposed. It is published once it has passed the guards, the judge and the gate.';

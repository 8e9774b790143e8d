import { z } from 'zod';

/**
 * More than GitHub takes in one piece: what is longer is published cut, with a link to the whole. The guards read 131,072
 * characters of it, and what they add needs some of them.
 */
const MAX_BODY_CHARACTERS = 120_000;

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

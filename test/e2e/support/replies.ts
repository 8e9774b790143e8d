import type { Cassette, CassetteReply } from '../../../src/simulator/cassette.ts';
import type { Json } from '../../../src/domain/json.ts';

export type Call = [name: string, args: Json];

const USAGE = {
  inputTokens: 900,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 60,
  reasoningTokens: 0,
};

/** One turn of an agent: the tools that it calls, or a text when it ends. */
export function turn(agent: string, number: number, calls: Call[], expects?: string[]): CassetteReply {
  return {
    purpose: 'work',
    agent,
    turn: number,
    ...(expects === undefined ? {} : { expects }),
    reply: {
      text: calls.length === 0 ? 'Done.' : '',
      toolCalls: calls.map(([name, args], index) => ({ id: `c${number}_${index}`, name, arguments: args })),
      finish: calls.length === 0 ? 'stop' : 'tool_calls',
      usage: USAGE,
      raw: null,
    },
  };
}

/** The judge's answer with one score for every criterion; the evidence has to occur in the material. */
export function verdict(agent: string, criteria: string[], score: number, evidence: string): CassetteReply {
  const entries = [...criteria, 'safety'].map((name) => ({ name, score, evidence }));
  return {
    purpose: 'judge',
    agent,
    turn: 0,
    reply: {
      text: JSON.stringify({ criteria: entries, summary: 'As asked.' }),
      toolCalls: [],
      finish: 'stop',
      usage: USAGE,
      raw: null,
    },
  };
}

export function cassetteOf(...replies: CassetteReply[]): Cassette {
  return { format: 1, recordedWith: ['anthropic/claude-sonnet-4-5', 'openai/gpt-5'], replies };
}

/** An agent file of the repository that may propose the given kinds. */
export function agentFile(name: string, outputs: string, extra = ''): string {
  return `---
name: ${name}
description: For tests.
tools: [read, search, edit]
muster:
  outputs: ${outputs}
  judge:
    criteria: { asked: Does what was asked. }
${extra}---
Do what the test asks.
`;
}

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Ballot, Decided } from '../../../src/judge/aggregate.ts';

const verdict = z.enum(['1', '2']).nullable();

const rowSchema = z.object({
  id: z.string(),
  gold: z.union([z.literal(1), z.literal(2)]),
  len1: z.number().positive(),
  len2: z.number().positive(),
  v: z.record(z.string(), z.tuple([verdict, verdict])),
});

/** A pair of texts, which of the two is better, and what each judge said in both orders. */
export interface Pair {
  ballot: Ballot;
  isFirstBetter: boolean;
}

/** `judging/llmbar_verdicts.jsonl.gz` below the folder. */
export async function readPairs(folder: string): Promise<Pair[]> {
  const bytes = await readFile(path.join(folder, 'judging', 'llmbar_verdicts.jsonl.gz'));
  return gunzipSync(bytes)
    .toString()
    .trim()
    .split('\n')
    .map((line) => toPair(rowSchema.parse(JSON.parse(line))));
}

function toPair({ gold, len1, len2, v }: z.output<typeof rowSchema>): Pair {
  const votes = Object.entries(v).flatMap(([judge, verdicts]) =>
    verdicts.map((said) => ({ judge, score: said === null ? null : said === '1' ? 1 : 0 })),
  );
  return { ballot: { votes, logLength: Math.log(len1 / len2) }, isFirstBetter: gold === 1 };
}

/**
 * Each pair twice, the second time with its texts exchanged and each time for half: which of the two comes
 * first says nothing, and so nothing can be learned from it.
 */
export function bothWays(pairs: readonly Pair[]): Decided[] {
  return pairs.flatMap(({ ballot, isFirstBetter }) => [
    { ballot, isAccepted: isFirstBetter, weight: 0.5 },
    { ballot: exchanged(ballot), isAccepted: !isFirstBetter, weight: 0.5 },
  ]);
}

function exchanged({ votes, logLength }: Ballot): Ballot {
  return {
    votes: votes.map(({ judge, score }) => ({ judge, score: score === null ? null : 1 - score })),
    logLength: logLength === null ? null : -logLength,
  };
}

import { isPlainObject } from '../../domain/json.ts';

/** A recorded step; `output` is what was recorded, of whatever build. */
export interface StepRow {
  key: string;
  kind: string;
  inputDigest: string;
  output: unknown;
  attempt: number;
  startedAt: string;
  endedAt: string;
}

type Output = Record<string, unknown>;

/**
 * What a step came to, in a few words; null where its output says nothing. Outputs of other builds are read as
 * far as they have the form.
 */
export function describeStep(step: StepRow, steps: readonly StepRow[]): string | null {
  const output = isPlainObject(step.output) ? step.output : {};
  switch (step.kind) {
    case 'prepare':
      return joined(
        text(output.reason),
        text(output.model),
        output.taint === null ? null : text(output.taint),
      );
    case 'work':
      return isPlainObject(output.result) ? describeResult(output.result) : null;
    case 'turn':
      return describeTurn(output);
    case 'tool':
      return joined(
        toolName(step, steps),
        output.isError === true ? 'error' : null,
        text(output.taint),
        firstLine(output.text),
      );
    case 'guard':
      return counted([output.proposals, 'proposal'], [output.findings, 'finding']);
    case 'judge':
      return describeVerdict(output);
    case 'gate':
      return list(step.output)
        .map((decision) => joined(text(decision.proposalId), text(decision.kind), text(decision.value)))
        .join('; ');
    case 'commit':
      return text(output.sha);
    default:
      return text(output.kind);
  }
}

/** A turn's own record names the tools that it called, the record of a tool does not. */
function toolName(step: StepRow, steps: readonly StepRow[]): string | null {
  const match = /^(.*turn-\d+)\/tool-(\d+)$/.exec(step.key);
  const turn = steps.find(({ key }) => key === match?.[1]);
  if (match === null || turn === undefined || !isPlainObject(turn.output)) return null;
  return text(callsOf(turn.output)[Number(match[2])]?.name);
}

function describeTurn(output: Output): string | null {
  if (output.kind === 'over_budget') return joined('over budget', text(output.label));
  const names = callsOf(output).map((call) => text(call.name));
  const said = isPlainObject(output.reply) ? firstLine(output.reply.text) : null;
  return joined(names.length === 0 ? null : `calls ${names.join(', ')}`, said);
}

function describeResult(result: Output): string | null {
  const end = isPlainObject(result.end) ? joined(text(result.end.kind), text(result.end.reason)) : null;
  return joined(text(result.stop), end, counted([result.proposals, 'proposal'], [result.notes, 'note']));
}

/** A judge's step is a question to its model, or the verdict that was made of the answers. */
function describeVerdict(output: Output): string | null {
  if (output.kind === 'scored') {
    return joined(`score ${String(output.score)}, threshold ${String(output.threshold)}`, text(output.model));
  }
  if (output.kind === 'reply') return describeTurn(output);
  return joined(text(output.kind), text(output.reason));
}

function callsOf({ reply }: Output): Output[] {
  return isPlainObject(reply) ? list(reply.toolCalls) : [];
}

function list(value: unknown): Output[] {
  return Array.isArray(value) ? value.filter(isPlainObject) : [];
}

function counted(...items: [unknown, string][]): string | null {
  return joined(
    ...items.map(([value, word]) =>
      Array.isArray(value) && value.length > 0
        ? `${value.length} ${word}${value.length === 1 ? '' : 's'}`
        : null,
    ),
  );
}

function firstLine(value: unknown): string | null {
  return text(value)?.trim().split('\n')[0] || null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function joined(...parts: (string | null)[]): string | null {
  return parts.filter((part) => part !== null).join(', ') || null;
}

import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Telemetry, TelemetryAttributes } from '../../ports/telemetry.ts';

interface Series {
  attributes: TelemetryAttributes;
  sum: number;
  count: number;
}

export interface ProcessTelemetry extends Telemetry {
  /** Everything counted since the start, in Prometheus' text format; `help` names each metric. */
  exposition(help: Readonly<Record<string, string>>): string;
}

/** Spans through whatever OpenTelemetry SDK the process has registered; metrics kept here for `/metrics`. */
export function createTelemetry(): ProcessTelemetry {
  const tracer = trace.getTracer('muster');
  const counters = new Map<string, Series & { name: string }>();
  const summaries = new Map<string, Series & { name: string }>();
  const add = (metrics: typeof counters, name: string, value: number, attributes: TelemetryAttributes) => {
    const key = name + labelsOf(attributes);
    const series = metrics.get(key) ?? { name, attributes, sum: 0, count: 0 };
    metrics.set(key, { ...series, sum: series.sum + value, count: series.count + 1 });
  };
  return {
    span: async (name, attributes, work) =>
      tracer.startActiveSpan(name, { attributes }, async (span) => {
        try {
          return await work();
        } catch (error) {
          // The class alone: provider and GitHub error texts may quote what people wrote.
          span.setStatus({
            code: SpanStatusCode.ERROR,
            message: error instanceof Error ? error.name : 'error',
          });
          throw error;
        } finally {
          span.end();
        }
      }),
    count: (name, value, attributes = {}) => add(counters, name, value, attributes),
    record: (name, value, attributes = {}) => add(summaries, name, value, attributes),
    exposition: (help) =>
      Object.entries(help)
        .flatMap(([name, words]) => [
          `# HELP ${name} ${words}`,
          `# TYPE ${name} ${name.endsWith('_total') ? 'counter' : 'summary'}`,
          ...seriesOf(counters, name).map((series) => `${name}${labelsOf(series.attributes)} ${series.sum}`),
          ...seriesOf(summaries, name).map((series) => {
            const labels = labelsOf(series.attributes);
            return `${name}_sum${labels} ${series.sum}\n${name}_count${labels} ${series.count}`;
          }),
        ])
        .join('\n')
        .concat('\n'),
  };
}

function seriesOf(metrics: ReadonlyMap<string, Series & { name: string }>, name: string): Series[] {
  return [...metrics.values()].filter((series) => series.name === name);
}

function labelsOf(attributes: TelemetryAttributes): string {
  const labels = Object.entries(attributes).map(
    ([name, value]) => `${name}="${String(value).replaceAll(/["\\\n]/g, '_')}"`,
  );
  return labels.length === 0 ? '' : `{${labels.sort().join(',')}}`;
}

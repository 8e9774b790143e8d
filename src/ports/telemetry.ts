/** Attributes of a span or a metric: ids, counts and names of ours; never logins, prompts or results. */
export type TelemetryAttributes = Record<string, string | number | boolean>;

export interface Telemetry {
  /** Runs `work` inside a span of that name; a throw marks the span and goes on. */
  span<T>(name: string, attributes: TelemetryAttributes, work: () => Promise<T>): Promise<T>;
  /** Adds to a counter. */
  count(name: string, value: number, attributes?: TelemetryAttributes): void;
  /** Records one value of a distribution, in the unit that the name says. */
  record(name: string, value: number, attributes?: TelemetryAttributes): void;
}

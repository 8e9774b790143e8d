/** A function that takes these very values out of any text; longest first, so that no part of one stays. */
export function redactValues(values: readonly string[]): (text: string) => string {
  const sorted = [...values].sort((left, right) => right.length - left.length);
  return (text) => sorted.reduce((clean, value) => clean.replaceAll(value, '[redacted]'), text);
}

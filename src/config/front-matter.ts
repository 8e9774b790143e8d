/** A Markdown file in its two parts. `yamlLine` is the line, from 1, before the YAML's first. */
export interface FrontMatter {
  yaml: string;
  yamlLine: number;
  body: string;
  /** The line that the body starts on, from 1. */
  bodyLine: number;
}

/**
 * Splits a file into its front matter, between two lines of `---`, and its body, with `\n` as the only
 * line end. Null where the file starts otherwise or the second `---` is missing.
 */
export function splitFrontMatter(text: string): FrontMatter | null {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .split('\n');
  if (!isFence(lines[0])) return null;
  const end = lines.findIndex((line, index) => index > 0 && isFence(line));
  if (end === -1) return null;
  return {
    yaml: quoteDescription(lines.slice(1, end)).join('\n'),
    yamlLine: 1,
    body: lines.slice(end + 1).join('\n'),
    bodyLine: end + 2,
  };
}

function isFence(line: string | undefined): boolean {
  return line?.trimEnd() === '---';
}

/**
 * Claude's subagents are widely written with an unquoted description that holds `: `, which Claude reads
 * and YAML refuses. Such a line has no valid reading of its own, so quoting it changes no valid file.
 */
function quoteDescription(lines: string[]): string[] {
  return lines.map((line) => {
    const value = /^description:[ \t]+([^\s"'|>&*!{[#].*)$/.exec(line)?.[1];
    return value !== undefined && /:(\s|$)/.test(value)
      ? `description: ${JSON.stringify(value.trimEnd())}`
      : line;
  });
}

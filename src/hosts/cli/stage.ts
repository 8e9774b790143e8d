/** Writes a story for a person at a terminal; plain lines where it isn't one. */
export interface Stage {
  title(text: string): void;
  act(text: string): void;
  say(text: string): void;
  progress(text: string): void;
  /** A box as GitHub would show it. */
  card(heading: string, body: string): void;
  check(name: string, conclusion: string, title: string): void;
}

const MARKS: Record<string, string> = { success: '✓', failure: '✗', action_required: '●', neutral: '–' };

const COLOURS: Record<string, string> = {
  success: '32',
  failure: '31',
  action_required: '33',
  neutral: '90',
};

export function createStage(output: NodeJS.WriteStream): Stage {
  const paint = (code: string, text: string) => (output.isTTY ? `\u001B[${code}m${text}\u001B[0m` : text);
  const line = (text: string) => output.write(`${text}\n`);
  return {
    title: (text) => line(`\n${paint('1', text)}\n`),
    act: (text) => line(`\n${paint('1;36', '▶')} ${paint('1', text)}`),
    say: (text) => line(`  ${text}`),
    progress: (text) => line(`  ${paint('90', '·')} ${text}`),
    card: (heading, body) => {
      line('');
      line(`  ${paint('90', '╭─')} ${paint('1', heading)}`);
      for (const row of body.trimEnd().split('\n')) line(`  ${paint('90', '│')} ${paintRow(row, paint)}`);
      line(`  ${paint('90', '╰─')}`);
    },
    check: (name, conclusion, title) => {
      const mark = paint(COLOURS[conclusion] ?? '90', MARKS[conclusion] ?? '·');
      line(`  ${mark} ${paint('1', name.padEnd(13))} ${conclusion}: ${title}`);
    },
  };
}

function paintRow(row: string, paint: (code: string, text: string) => string): string {
  if (/^\+(?!\+\+)/.test(row)) return paint('32', row);
  if (/^-(?!-- |[ -])/.test(row)) return paint('31', row);
  return row.startsWith('@@') ? paint('36', row) : row;
}

/** What one result may have: about 4,000 tokens. */
export const MAX_RESULT_CHARACTERS = 16_000;

/** The text within a limit; cut at its end, it says by how much, and `hint` what to do about it. */
export function cutEnd(text: string, limit: number, hint = ''): string {
  if (text.length <= limit) return text;
  const kept = wholeCharacters(text.slice(0, limit));
  return `${kept}\n[cut: ${text.length - kept.length} more characters${hint === '' ? '' : `; ${hint}`}]`;
}

/** The same, cut in the middle, the end kept more generously: there logs say what went wrong. */
export function cutMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const headLength = Math.floor(limit / 4);
  const head = wholeCharacters(text.slice(0, headLength));
  const tail = text.slice(headLength - limit).replace(/^[\uDC00-\uDFFF]/, '');
  return `${head}\n[cut: ${text.length - head.length - tail.length} characters in the middle]\n${tail}`;
}

function wholeCharacters(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '');
}

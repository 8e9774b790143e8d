/** A text with which a quotation is compared: whoever quotes changes spacing, quotation marks and case. */
export function squash(text: string): string {
  return text
    .replaceAll(/[\s"'`“”‘’]+/g, ' ')
    .trim()
    .toLowerCase();
}

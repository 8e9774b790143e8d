/** Where a secret stands in a text, in UTF-16 units; `kind` is for a person, e.g. `GitHub token`. */
export interface SecretFinding {
  kind: string;
  start: number;
  end: number;
}

export interface SecretScanner {
  scan(text: string, path?: string): Promise<SecretFinding[]>;
}

/* What Muster reads and writes of check runs; part of the GitHub port. */

export interface CheckFacts {
  id: number;
  name: string;
  headSha: string;
  status: string;
  conclusion: string | null;
  externalId: string;
  appId: number | null;
  url: string;
}

export interface CheckAnnotation {
  path: string;
  startLine: number;
  endLine: number;
  level: 'notice' | 'warning' | 'failure';
  message: string;
  title?: string;
}

export interface CheckContent {
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: 'success' | 'failure' | 'neutral' | 'cancelled' | 'action_required' | 'timed_out' | null;
  /** Run ids, newest first, comma-separated. */
  externalId: string;
  title: string;
  /** Markdown, at most 65,535 characters. */
  summary: string;
  annotations: CheckAnnotation[];
  /** At most three; label ≤ 20, description ≤ 40, identifier ≤ 20 characters. */
  actions: { label: string; description: string; identifier: string }[];
}

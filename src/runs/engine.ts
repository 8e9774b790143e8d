import type { AgentDefinition } from '../domain/agent.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { GitHubAccess } from '../ports/github.ts';
import type { Log } from '../ports/log.ts';
import type { NoteStore } from '../ports/memory.ts';
import type { Model } from '../ports/model.ts';
import type { Queue } from '../ports/queue.ts';
import type { SecretScanner } from '../ports/secrets.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Workspaces } from '../ports/workspace.ts';

/** Every port that the engine needs; a host fills it once. */
export interface Engine {
  database: Database;
  queue: Queue;
  githubAccess: GitHubAccess;
  model: Model;
  workspaces: Workspaces;
  notes: NoteStore;
  scanner: SecretScanner;
  telemetry: Telemetry;
  clock: Clock;
  log: Log;
  builtinAgents: readonly AgentDefinition[];
  /** False where state ends with the process (the Action without a database): what would wait is not published. */
  canWait: boolean;
}

import { createLog } from '../../adapters/pino-log.ts';
import { redactValues } from '../redact.ts';
import type { Role } from '../server/open-app.ts';
import { serve } from '../server/serve.ts';
import type { CliCommand } from './commands.ts';
import { readOptions, usage } from './options.ts';

const ROLES: readonly Role[] = ['all', 'web', 'worker'];

/** Within this time a balancer that looks every second or two has seen that the server is not ready. */
const NOTICE_MS = 5_000;

/** `muster serve` and `muster worker`: runs until SIGTERM or SIGINT, then drains. */
export function serveCommand(standard: Role): CliCommand {
  return {
    form: standard === 'worker' ? 'worker' : 'serve [--role=web|worker|all]',
    does: standard === 'worker' ? 'works on runs only' : 'the server: webhooks, runs, set-up page',
    run: async (words, environment) => {
      const role = readRole(words, standard);
      const log = createLog({ level: environment.logLevel, redact: redactValues(environment.secretValues) });
      const server = await serve({ environment, role, log });
      await new Promise<void>((resolve) => {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
      });
      // Only a server that shares its database has another beside it to which requests can go.
      await server.stop(environment.databaseUrl !== null && role !== 'worker' ? NOTICE_MS : 0);
      return 0;
    },
  };
}

function readRole(words: readonly string[], standard: Role): Role {
  const { values } = readOptions(words, { role: { type: 'string', default: standard } });
  const role = ROLES.find((candidate) => candidate === values.role);
  if (role === undefined) throw usage(`--role: expected one of ${ROLES.join(', ')}`);
  return role;
}

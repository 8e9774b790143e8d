import { defineConfig } from 'vitest/config';

/** Most of what all end-to-end tests take: `npm test` is to be run often. */
const SLOW = [
  'action',
  'autonomy',
  'cli',
  'gate',
  'gate-always',
  'gate-people',
  'heads',
  'publication',
  'push',
  'pushed-after',
  'restart',
  'retry',
  'rework',
  'stop',
].map((name) => `test/e2e/${name}.test.ts`);

/**
 * Projects, so that coverage can be measured apart: `unit` (no I/O but temporary files), `integration` (database,
 * git, HTTP on loopback), `e2e` (whole servers against the simulator). What takes minutes runs on its own:
 * `slow` (more of these) and `crash` (servers that are killed).
 *
 * The limits only end what hangs: a busy machine is not a failure.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: '100%',
    // PostgreSQL compiled quickly, not well: its optimiser takes hundreds of megabytes, which every git that is started
    // then costs again, and more CPU than it saves.
    execArgv: ['--liftoff-only'],
    // Modules keep nothing between tests, so that they, and PostgreSQL's, need to be loaded and compiled once only.
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.integration.test.ts', 'test/e2e/**', 'test/crash/**'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: SLOW,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: { name: 'slow', include: SLOW, testTimeout: 240_000, hookTimeout: 240_000 },
      },
      {
        extends: true,
        test: {
          name: 'crash',
          include: ['test/crash/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary'],
    },
  },
});

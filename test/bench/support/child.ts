import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of the bench that answers calls. */
export interface Child {
  readonly pid: number;
  /** Rejects with the child's error, and when it dies before it answers. */
  call<T>(method: string, argument?: object): Promise<T>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

interface Call {
  id: number;
  method: string;
  argument: object;
}

/** No call of a bench takes longer; what hangs must end the bench. */
const CALL_LIMIT_MS = 120_000;

type Answer = { id: number } & ({ kind: 'result'; result: unknown } | { kind: 'error'; message: string });

/** Starts `file`, which calls `answerCalls`; it dies with us. */
export function startChild(file: URL, nodeArguments: string[] = []): Child {
  const child = fork(file, { execArgv: nodeArguments, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const open = new Map<number, (answer: Answer) => void>();
  let calls = 0;
  child.on('message', (message) => {
    const answer = message as Answer;
    open.get(answer.id)?.(answer);
    open.delete(answer.id);
  });
  const failAll = (message: string): void => {
    for (const [id, settle] of open) settle({ id, kind: 'error', message });
  };
  const gone = once(child, 'exit').then(() => failAll('the process is gone'));
  return {
    pid: child.pid ?? 0,
    call: async <T>(method: string, argument: object = {}) =>
      new Promise<T>((resolve, reject) => {
        calls += 1;
        const limit = setTimeout(reject, CALL_LIMIT_MS, new Error(`${method}: no answer`));
        open.set(calls, (answer) => {
          clearTimeout(limit);
          if (answer.kind === 'result') resolve(answer.result as T);
          else reject(new Error(`${method}: ${answer.message}`));
        });
        const call: Call = { id: calls, method, argument };
        child.send(call, (error) => error !== null && failAll(error.message));
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** In the child: answers each call by the method of its name, several at a time. */
export function answerCalls(methods: Record<string, (argument: never) => Promise<unknown>>): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (message) => {
    const { id, method, argument } = message as Call;
    const answer = (value: Answer): void => {
      process.send?.(value);
    };
    Promise.resolve(methods[method]?.(argument as never)).then(
      (result) => answer({ id, kind: 'result', result: result ?? null }),
      (error: unknown) => answer({ id, kind: 'error', message: String(error) }),
    );
  });
}

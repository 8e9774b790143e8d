import { afterEach, describe, expect, it } from 'vitest';
import type { GitHub } from '../../../src/ports/github.ts';
import type { CheckContent } from '../../../src/ports/github-checks.ts';
import {
  githubAt,
  repositoryAnswer,
  startStub,
  type Stub,
  type StubAnswer,
  type StubRequest,
} from './stub-github.ts';

let stub: Stub;

afterEach(() => stub.close());

async function github(answer: (request: StubRequest) => StubAnswer | null | undefined): Promise<GitHub> {
  stub = await startStub((request) =>
    request.url === '/repositories/42' ? repositoryAnswer() : answer(request),
  );
  return githubAt(stub);
}

describe('checks', () => {
  const content: CheckContent = {
    status: 'completed',
    conclusion: 'failure',
    externalId: 'r_1,r_2',
    title: 't',
    summary: 's',
    annotations: Array.from({ length: 120 }, (_, line) => ({
      path: 'a.ts',
      startLine: line + 1,
      endLine: line + 1,
      level: 'warning' as const,
      message: `line ${line + 1}`,
    })),
    actions: [],
  };

  function checkAnswer(annotations: number): StubAnswer {
    return {
      body: {
        id: 1,
        name: 'muster/judge',
        head_sha: 'a',
        status: 'completed',
        conclusion: 'failure',
        external_id: 'r_1,r_2',
        app: { id: 5, slug: 'muster' },
        html_url: 'u',
        output: { annotations_count: annotations },
      },
    };
  }

  function sentLines(): string[][] {
    return stub.requests.slice(1).map(({ body }) => {
      const { output } = body as { output: { annotations: { message: string }[] } };
      return output.annotations.map(({ message }) => message);
    });
  }

  it('sends annotations fifty at a time', async () => {
    let count = 0;
    const subject = await github(({ body }) => {
      count += (body as { output: { annotations: [] } }).output.annotations.length;
      return checkAnswer(count);
    });
    await subject.createCheck('muster/judge', 'a', content);
    expect(sentLines().map((lines) => lines.length)).toEqual([0, 50, 50, 20]);
    expect(sentLines().flat()).toEqual(content.annotations.map(({ message }) => message));
  });

  it('sends none twice: GitHub would append them', async () => {
    const subject = await github(() => checkAnswer(120));
    await subject.updateCheck(1, content);
    expect(sentLines()).toEqual([[]]);
  });

  it('knows the newest of each name and App, started or finished', async () => {
    const run = (id: number, name: string, app: number) => ({
      ...(checkAnswer(0).body as object),
      id,
      name,
      app: { id: app },
    });
    const runs = [run(3, 'ci', 1), run(1, 'ci', 1), run(2, 'ci', 2), run(4, 'lint', 1)];
    const subject = await github(() => ({ body: { total_count: 4, check_runs: runs } }));
    const found = await subject.listChecks('a');
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set([2, 3, 4]));
    expect(stub.asked()[1]).toContain('filter=all');
  });

  it('reads the end of a long log of Actions, from where GitHub keeps it', async () => {
    const log = Array.from({ length: 200_000 }, (_, line) => `line ${line} of the log`).join('\n');
    const subject = await github(({ url }) => {
      if (url.endsWith('/check-runs/1')) {
        return { body: { ...(checkAnswer(0).body as object), app: { slug: 'github-actions' }, output: {} } };
      }
      if (url.endsWith('/actions/jobs/1/logs'))
        return { status: 302, headers: { location: '/blob/log.txt' } };
      return { body: log };
    });
    const text = (await subject.readCheckLog(1)) ?? '';
    expect(text.length).toBeLessThanOrEqual(1024 * 1024 + 30);
    expect(text.startsWith('[the beginning was cut]\nline ')).toBe(true);
    expect(text.endsWith('line 199999 of the log')).toBe(true);
  });

  it('reads the output where the log is gone or never was', async () => {
    const subject = await github(({ url }) => {
      if (url.endsWith('/logs')) return { status: 410, body: { message: 'Gone' } };
      const slug = url.endsWith('/1') ? 'github-actions' : 'other';
      return {
        body: { ...(checkAnswer(0).body as object), app: { slug }, output: { title: 'T', text: 'why' } },
      };
    });
    expect(await subject.readCheckLog(1)).toBe('T\n\nwhy');
    expect(await subject.readCheckLog(2)).toBe('T\n\nwhy');
  });
});

import type { GitHub } from '../../ports/github.ts';
import type { CheckContent, CheckFacts } from '../../ports/github-checks.ts';
import { readCheckLog } from './check-log.ts';
import type { Octokit } from './client.ts';
import { collect, type Connection, PAGE_SIZE } from './connection.ts';

type CheckArea = Pick<GitHub, 'createCheck' | 'updateCheck' | 'listChecks' | 'readCheckLog'>;

const MAX_CHECKS = 1000;
/** GitHub takes no more annotations in one request, and appends those of the next. */
const MAX_ANNOTATIONS = 50;

/** Check runs. */
export function createCheckArea(connection: Connection): CheckArea {
  const { octokit, repository } = connection;
  const { checks } = octokit.rest;

  /** GitHub appends annotations: only those beyond the ones that it has are sent. */
  const completeAnnotations = async (check: CheckAnswer, content: CheckContent): Promise<void> => {
    let sent = check.output.annotations_count;
    while (sent < content.annotations.length) {
      const next = content.annotations.slice(sent, sent + MAX_ANNOTATIONS);
      const where = { ...(await repository.name()), check_run_id: check.id };
      await checks.update({ ...where, output: outputOf(content, next) });
      sent += next.length;
    }
  };

  return {
    async createCheck(name, headSha, content) {
      const where = { ...(await repository.name()), name, head_sha: headSha };
      const check = (await checks.create({ ...where, ...fieldsOf(content) })).data;
      await completeAnnotations(check, content);
      return toCheck(check);
    },

    async updateCheck(checkId, content) {
      const where = { ...(await repository.name()), check_run_id: checkId };
      const check = (await checks.update({ ...where, ...fieldsOf(content) })).data;
      await completeAnnotations(check, content);
      return toCheck(check);
    },

    // `filter: latest` goes by completion, and so may hide one that has just been started.
    async listChecks(headSha) {
      const where = {
        ...(await repository.name()),
        ref: headSha,
        filter: 'all' as const,
        per_page: PAGE_SIZE,
      };
      const runs = await collect(octokit.paginate.iterator(checks.listForRef, where), MAX_CHECKS);
      return newestOfEach(runs).map(toCheck);
    },

    readCheckLog: (checkRunId) => readCheckLog(connection, checkRunId),
  };
}

type CheckAnswer = Awaited<ReturnType<Octokit['rest']['checks']['get']>>['data'];

function newestOfEach(runs: CheckAnswer[]): CheckAnswer[] {
  const newest = new Map<string, CheckAnswer>();
  for (const run of runs) {
    const key = `${run.app?.id ?? ''}\n${run.name}`;
    if (run.id > (newest.get(key)?.id ?? 0)) newest.set(key, run);
  }
  return [...newest.values()];
}

function fieldsOf(content: CheckContent) {
  const { status, conclusion, externalId, actions } = content;
  return {
    status,
    ...(conclusion === null ? {} : { conclusion }),
    external_id: externalId,
    output: outputOf(content, []),
    actions,
  };
}

function outputOf(content: CheckContent, annotations: CheckContent['annotations']) {
  return {
    title: content.title,
    summary: content.summary,
    annotations: annotations.map(({ path, startLine, endLine, level, message, title }) => ({
      path,
      start_line: startLine,
      end_line: endLine,
      annotation_level: level,
      message,
      ...(title === undefined ? {} : { title }),
    })),
  };
}

function toCheck(check: CheckAnswer): CheckFacts {
  return {
    id: check.id,
    name: check.name,
    headSha: check.head_sha,
    status: check.status,
    conclusion: check.conclusion,
    externalId: check.external_id ?? '',
    appId: check.app?.id ?? null,
    url: check.html_url ?? check.url,
  };
}

import { type Connection, orNull } from './connection.ts';

/** Failures stand at the end of a log, so its end is what is kept. */
const MAX_LOG_BYTES = 1024 * 1024;

/**
 * The end of a check run's log (1 MiB; says when it was cut) where GitHub Actions made it, else the text of
 * its output; null where it has neither.
 */
export async function readCheckLog(connection: Connection, checkRunId: number): Promise<string | null> {
  const { octokit, repository } = connection;
  const where = { ...(await repository.name()), check_run_id: checkRunId };
  const check = await orNull(octokit.rest.checks.get(where));
  if (check === null) return null;
  const { app, output } = check.data;
  const log = app?.slug === 'github-actions' ? await readJobLog(connection, checkRunId) : null;
  const written = [output.title, output.summary, output.text].filter(Boolean).join('\n\n');
  return log ?? (written === '' ? null : written);
}

/** A check run of Actions has the id of its job. GitHub redirects to where the log lies, until it expires. */
async function readJobLog({ octokit, repository }: Connection, jobId: number): Promise<string | null> {
  const answer = await orNull(
    octokit.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', {
      ...(await repository.name()),
      job_id: jobId,
      request: { redirect: 'follow', parseSuccessResponseBody: false },
    }),
  );
  const body: unknown = answer?.data;
  return body instanceof ReadableStream ? await endOf(body) : null;
}

async function endOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  let chunks: Uint8Array[] = [];
  let kept = 0;
  let isCut = false;
  for await (const chunk of stream) {
    chunks.push(chunk);
    kept += chunk.length;
    if (kept > 2 * MAX_LOG_BYTES) {
      chunks = [Buffer.concat(chunks).subarray(-MAX_LOG_BYTES)];
      kept = MAX_LOG_BYTES;
      isCut = true;
    }
  }
  isCut ||= kept > MAX_LOG_BYTES;
  const text = Buffer.concat(chunks).subarray(-MAX_LOG_BYTES).toString('utf8');
  return isCut ? `[the beginning was cut]\n${text.slice(text.indexOf('\n') + 1)}` : text;
}

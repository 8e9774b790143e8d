import { postAnswer } from '../../publish/report.ts';
import type { Session } from '../session.ts';

/** One line to a person who asked for something that can't be done; posted once for each `key`. */
export async function answer(session: Session, number: number, key: string, text: string): Promise<void> {
  const { runId } = session.run.request;
  await postAnswer(session.github, { number, key: `${runId}:${key}`, text, since: session.run.createdAt });
}

import type { Note } from '../domain/note.ts';
import type { Subject } from '../domain/subject.ts';

/** The horizon of notes that hold for the whole repository. */
export const REPOSITORY_HORIZON = 'repository';

/** The horizon of notes that hold for one thread. */
export function subjectHorizon(subject: Subject): string {
  return `subject:${subject.number}`;
}

/** True for the repository's notes and, with a subject, that subject's own. */
export function isInSight(note: Note, subject: Subject | null): boolean {
  return (
    note.horizon === REPOSITORY_HORIZON || (subject !== null && note.horizon === subjectHorizon(subject))
  );
}

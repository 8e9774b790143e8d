import type { Note } from '../domain/note.ts';
import type { NoteProposal, ProposalOf } from '../domain/proposal.ts';
import type { GitHub } from '../ports/github.ts';
import type { NoteStore } from '../ports/memory.ts';
import type { Effector, PublishTarget } from './target.ts';

/** Where notes go, and what makes one: trust, provenance and expiry are the memory's own rules. */
export interface NoteKeeping {
  store: NoteStore;
  /** The note, whose id is the same for the same key. */
  noteFor(proposal: NoteProposal, key: string): Note;
}

type Api = Pick<GitHub, 'tenant'>;

/** Notes in the tenant's memory; putting one again changes nothing, because its id comes from the run. */
export function notesEffector(keeping: NoteKeeping): Effector<ProposalOf<'notes'>, Api> {
  const notesOf = (target: PublishTarget<Api>, proposal: ProposalOf<'notes'>): Note[] =>
    proposal.notes.map((note, index) => keeping.noteFor(note, `${target.runId}:${proposal.id}:${index}`));

  const areAllThere = async (tenantId: number, notes: readonly Note[]): Promise<boolean> => {
    for (const note of notes) {
      if ((await keeping.store.get(tenantId, note.id)) === null) return false;
    }
    return true;
  };

  return {
    canBeFound: true,

    async find(target, proposal) {
      const notes = notesOf(target, proposal);
      return (await areAllThere(target.github.tenant.id, notes)) ? receiptOf(notes) : null;
    },

    async perform(target, proposal) {
      const notes = notesOf(target, proposal);
      for (const note of notes) await keeping.store.put(target.github.tenant.id, note);
      return receiptOf(notes);
    },

    verify(target, proposal) {
      return areAllThere(target.github.tenant.id, notesOf(target, proposal));
    },
  };
}

function receiptOf(notes: readonly Note[]): { id: string; url: null; sha: null } {
  return { id: notes.map((note) => note.id).join(', '), url: null, sha: null };
}

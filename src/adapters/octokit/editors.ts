import type { Actor } from '../../domain/actor.ts';
import { MusterError } from '../../domain/errors.ts';
import type { GitHub } from '../../ports/github.ts';
import { ACTOR_FIELDS, fromGraphql, GHOST, type GraphqlActor } from './actor.ts';
import { askGraphql } from './client.ts';
import { type Connection, PAGE_SIZE } from './connection.ts';

// `Comment` is what issues, pull requests and comments have in common.
const EDITORS = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Comment { lastEditedAt editor { ${ACTOR_FIELDS} } } }
}`;

interface Answer {
  nodes: ({ lastEditedAt?: string | null; editor?: GraphqlActor | null } | null)[];
}

/** Who changed texts after they were written: REST doesn't say. */
export function createEditorArea({ octokit }: Connection): Pick<GitHub, 'lastEditors'> {
  return {
    async lastEditors(nodeIds) {
      const editors = new Map<string, Actor>();
      for (let from = 0; from < nodeIds.length; from += PAGE_SIZE) {
        const ids = nodeIds.slice(from, from + PAGE_SIZE);
        for (const [index, editor] of (await editorsOf(ids)).entries())
          if (editor !== null) editors.set(ids[index] ?? '', editor);
      }
      return editors;
    },
  };

  async function editorsOf(ids: readonly string[]): Promise<(Actor | null)[]> {
    try {
      const { nodes } = await askGraphql<Answer>(octokit, 'editors', EDITORS, { ids });
      return nodes.map((node) => {
        if (node === null) return GHOST;
        return node.lastEditedAt === null ? null : fromGraphql(node.editor ?? null);
      });
    } catch (error) {
      // One of them was deleted since it was read: of none of them is anything known then.
      if (error instanceof MusterError && error.code === 'github_not_found') return ids.map(() => GHOST);
      throw error;
    }
  }
}

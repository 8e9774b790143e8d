import { MusterError } from '../../domain/errors.ts';
import { isPlainObject } from '../../domain/json.ts';
import { permissionLevel } from '../../domain/permission.ts';
import type { GitHub } from '../../ports/github.ts';
import { type Connection, orNull } from './connection.ts';

type RepositoryArea = Pick<
  GitHub,
  'getRepository' | 'readFile' | 'listFolder' | 'permissionOf' | 'dispatchWorkflow'
>;

/** The repository itself: its files on a ref, who may do what, its workflows. */
export function createRepositoryArea({ octokit, repository }: Connection): RepositoryArea {
  const { repos, actions } = octokit.rest;
  return {
    getRepository: () => repository.facts(),

    async readFile(path, ref) {
      const where = { ...(await repository.name()), path, ...(ref === null ? {} : { ref }) };
      const data = (await orNull(repos.getContent(where)))?.data;
      if (data === undefined || Array.isArray(data) || data.type !== 'file') return null;
      // Past 1 MB GitHub leaves the content out: too large for anything that is read this way.
      if (data.encoding !== 'base64') {
        throw new MusterError('github_invalid', `${path} is larger than 1 MB`, { value: { path } });
      }
      return Buffer.from(data.content, 'base64').toString('utf8');
    },

    async listFolder(path, ref) {
      const where = { ...(await repository.name()), path, ...(ref === null ? {} : { ref }) };
      const answer = await orNull(repos.getContent(where));
      if (answer === null || !Array.isArray(answer.data)) return [];
      return answer.data.filter((entry) => entry.type === 'file').map((entry) => entry.path);
    },

    async permissionOf(login) {
      const where = { ...(await repository.name()), username: login };
      const answer = await orNull(repos.getCollaboratorPermissionLevel(where));
      if (answer === null) return 'none';
      const { permission, role_name: roleName, user } = answer.data;
      return permissionLevel({ permission, roleName, booleans: user?.permissions });
    },

    async dispatchWorkflow(workflow, ref, inputs) {
      const where = { ...(await repository.name()), workflow_id: workflow };
      const answer = await actions.createWorkflowDispatch({
        ...where,
        ref,
        inputs,
        return_run_details: true,
      });
      // Octokit's types only know the empty answer of older servers.
      const data: unknown = answer.data;
      if (!isPlainObject(data) || typeof data.workflow_run_id !== 'number') return null;
      return { id: data.workflow_run_id, url: String(data.html_url) };
    },
  };
}

import type { GitRepository } from '../../src/simulator/git/repository.ts';

/**
 * The repository with what can't change remembered (objects by their sha) and refs until one is moved. The
 * simulator starts a process for each read; a crash campaign makes thousands. Nobody may push past it.
 */
export function rememberGit(git: GitRepository): GitRepository {
  const objects = new Map<string, Promise<unknown>>();
  const refs = new Map<string, Promise<unknown>>();
  const recall = async <T>(
    memory: Map<string, Promise<unknown>>,
    key: string,
    read: () => Promise<T>,
  ): Promise<T> => {
    const known = memory.get(key);
    if (known !== undefined) return known as Promise<T>;
    const reading = read();
    memory.set(key, reading);
    // What is not there yet may come.
    void reading.then(
      (value) => value === null && memory.delete(key),
      () => memory.delete(key),
    );
    return reading;
  };
  const moving =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await call(...args);
      } finally {
        refs.clear();
      }
    };
  const resolveCommit = async (name: string) =>
    recall(refs, `commit ${name}`, async () => git.resolveCommit(name));
  return {
    ...git,
    setRef: moving(git.setRef),
    deleteRef: moving(git.deleteRef),
    changeRefs: moving(git.changeRefs),
    seed: moving(git.seed),
    getRef: async (ref) => recall(refs, `ref ${ref}`, async () => git.getRef(ref)),
    resolveCommit,
    readBlob: async (sha) => recall(objects, `blob ${sha}`, async () => git.readBlob(sha)),
    readTree: async (sha, recursive) =>
      recall(objects, `tree ${sha} ${recursive}`, async () => git.readTree(sha, recursive)),
    readCommit: async (sha) => recall(objects, `read ${sha}`, async () => git.readCommit(sha)),
    readPath: async (name, path) => {
      const commit = await resolveCommit(name);
      if (commit === null) return null;
      return recall(objects, `path ${commit} ${path}`, async () => git.readPath(commit, path));
    },
  };
}

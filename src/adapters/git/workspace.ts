import { MusterError } from '../../domain/errors.ts';
import type { FileChange } from '../../domain/proposal.ts';
import type { Workspace } from '../../ports/workspace.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { captureAll, changedPaths, createEditRecord } from './changes.ts';
import { decodeText, putFile, readBytes, removeFile, writeText } from './files.ts';
import type { Git } from './git.ts';
import { listFiles, searchFiles } from './listing.ts';
import { checkFolders, cleanPath, kindOf, placeToRead } from './paths.ts';

const MAX_READ_BYTES = 5 * 1024 * 1024;

export interface WorkspaceParts {
  git: Git;
  /** The work tree's real path. */
  root: string;
  baseSha: string | null;
  sandbox: Sandbox | null;
  searchTimeoutMs: number;
  remove: () => Promise<void>;
}

/**
 * A workspace on a checkout. One operation at a time: while a command runs nothing is read, so that no
 * process can swap a file for a link between our look at it and our use of it.
 */
export function createWorkspace(parts: WorkspaceParts): Workspace {
  const { git, root, baseSha, sandbox, searchTimeoutMs, remove } = parts;
  const edits = createEditRecord();
  const inTurn = createTurns();

  async function noteEdit(filePath: string): Promise<void> {
    const [state] = await captureAll(root, [filePath], edits);
    if (state !== undefined) edits.note(withoutOrigin(state));
  }

  return {
    baseSha,
    readFile: (filePath) => inTurn(() => readText(root, filePath)),
    listFiles: (glob) => inTurn(() => listFiles(git, root, glob)),
    search: (pattern, glob, limit) =>
      inTurn(() => searchFiles(git, pattern, glob, { limit, timeoutMs: searchTimeoutMs })),
    writeFile: (filePath, content) =>
      inTurn(async () => {
        await writeText(root, filePath, content);
        await noteEdit(cleanPath(filePath));
      }),
    deleteFile: (filePath) =>
      inTurn(async () => {
        await deleteOne(root, cleanPath(filePath));
        await noteEdit(cleanPath(filePath));
      }),
    changes: (paths) =>
      inTurn(async () => captureAll(root, paths?.map(cleanPath).sort() ?? (await changedPaths(git)), edits)),
    apply: (changes) =>
      inTurn(async () => {
        for (const change of deletionsFirst(changes)) {
          const state = { ...withoutOrigin(change), path: cleanPath(change.path) };
          await putFile(root, state);
          if (change.origin === 'edit') edits.note(state);
        }
      }),
    runCommand:
      sandbox === null
        ? null
        : (command, options) => inTurn(() => sandbox.run({ ...options, command, workTree: root })),
    dispose: () => inTurn(remove),
  };
}

async function readText(root: string, filePath: string): Promise<string | null> {
  const place = await placeToRead(root, filePath);
  const bytes = place === null ? null : await readBytes(place, MAX_READ_BYTES);
  if (bytes === null) return null;
  const text = decodeText(bytes);
  if (text === null)
    throw new MusterError('not_text', `\`${filePath}\` is not a text file.`, { value: filePath });
  return text;
}

async function deleteOne(root: string, filePath: string): Promise<void> {
  await checkFolders(root, filePath);
  const kind = await kindOf(`${root}/${filePath}`);
  if (kind === 'file' || kind === 'link') return removeFile(root, filePath);
  throw new MusterError('no_such_file', `There is no file \`${filePath}\`.`, { value: filePath });
}

/** A file can only take the place of a folder, and a folder that of a file, once those are gone. */
function deletionsFirst(changes: readonly FileChange[]): FileChange[] {
  return [...changes].sort((left, right) => Number(left.content !== null) - Number(right.content !== null));
}

function withoutOrigin({ origin: _origin, ...state }: FileChange): Omit<FileChange, 'origin'> {
  return state;
}

function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  };
}

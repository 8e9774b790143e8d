import { parse } from 'yaml';
import { isPlainObject } from '../domain/json.ts';

/**
 * Why GitHub would not start this workflow with these inputs; null where it would.
 *
 * @param file Text of the workflow file on the default branch; null where there is none.
 */
export function refusalOfInputs(
  file: string | null,
  inputs: Readonly<Record<string, string>>,
): string | null {
  if (file === null) return 'the default branch has no such workflow that can be read';
  const declared = declaredInputs(file);
  if (declared === null) return 'the workflow has no `workflow_dispatch`';
  const unknown = Object.keys(inputs).find((name) => !Object.hasOwn(declared, name));
  if (unknown !== undefined) return `the workflow declares no input \`${unknown.slice(0, 60)}\``;
  const missing = Object.keys(declared).find(
    (name) => isRequired(declared[name]) && !Object.hasOwn(inputs, name),
  );
  return missing === undefined ? null : `the workflow requires the input \`${missing.slice(0, 60)}\``;
}

/** By name; null where nobody can start the workflow, or its file can't be read. */
function declaredInputs(file: string): Record<string, unknown> | null {
  const on = triggersIn(file);
  if (on === 'workflow_dispatch') return {};
  if (Array.isArray(on)) return on.includes('workflow_dispatch') ? {} : null;
  if (!isPlainObject(on) || !Object.hasOwn(on, 'workflow_dispatch')) return null;
  const { workflow_dispatch: dispatch } = on;
  return isPlainObject(dispatch) && isPlainObject(dispatch.inputs) ? dispatch.inputs : {};
}

function triggersIn(file: string): unknown {
  try {
    const workflow: unknown = parse(file);
    return isPlainObject(workflow) ? workflow.on : null;
  } catch {
    return null;
  }
}

function isRequired(input: unknown): boolean {
  return isPlainObject(input) && input.required === true && input.default === undefined;
}

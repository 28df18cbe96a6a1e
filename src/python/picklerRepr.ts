import { madeClass } from "./objectView";
import { reprStr } from "./scalarRepr";
import type { PyCall, PyValue } from "./value";

/** What cloudpickle and dill carry along because nobody could import it: classes, functions and code, by the name of what makes them. */
export const picklerPrinters: Readonly<Record<string, (call: PyCall) => string | null>> = Object.fromEntries(
  ["cloudpickle.cloudpickle", "cloudpickle.cloudpickle_fast", "dill._dill"].flatMap((module) => [
    [`${module}._make_skeleton_class`, printClass],
    [`${module}._make_skeleton_enum`, printClass],
    [`${module}._create_type`, printClass],
    [`${module}._make_function`, printFunction],
    [`${module}._create_function`, printFunction],
    [`${module}._create_code`, printCode],
  ]),
);

function printClass(call: PyCall): string | null {
  const made = madeClass(call);
  return made === null ? null : `<class '${made.module}.${made.qualname}'>`;
}

function printFunction({ args: [code] }: PyCall): string | null {
  const place = code?.kind === "call" ? codePlace(code.args) : null;
  return place === null ? null : `<function ${place.name}>`;
}

/** As a code object prints, without its address. */
function printCode({ args }: PyCall): string | null {
  const place = codePlace(args);
  return place === null ? null : `<code object ${place.name}, file ${reprStr(place.file)}>`;
}

/** File and name among the arguments that make a code object: all texts are file, name and, from 3.11 on, the full name. */
function codePlace(args: readonly PyValue[]): { readonly file: string; readonly name: string } | null {
  const texts = args.flatMap((arg) => (arg.kind === "str" ? [arg.value] : []));
  const [file, name, full] = texts;
  return file === undefined || name === undefined ? null : { file, name: full ?? name };
}

import { reprStr } from "./scalarRepr";

/** A name that a pickle has Python import, as it stands in the pickle. */
export interface PickleGlobal {
  readonly module: string;
  readonly qualname: string;
}

/** Characters of base64 in a line: they make a line of 88. */
const chunkLength = 82;

/**
 * Lines after which `args` and `kwargs` are what the pickle holds, given as base64: Python imports and calls what it names when they run, and refuses what is not in
 * `globals`.
 */
export function unpickledArguments(
  base64: string,
  globals: readonly PickleGlobal[],
): { readonly lines: readonly string[]; readonly imports: readonly string[] } {
  const chunks = Array.from({ length: Math.ceil(base64.length / chunkLength) }, (_, at) =>
    base64.slice(at * chunkLength, (at + 1) * chunkLength),
  );
  return {
    imports: ["import base64", "import io", "import pickle"],
    lines: [
      "# The arguments as they stand in Redis, with all secrets in them. Unpickling them imports and calls these, and refuses any other:",
      "IMPORTED = [",
      ...globals.map(({ module, qualname }) => `    (${reprStr(module)}, ${reprStr(qualname)}),`),
      "]",
      "PICKLED = (",
      ...chunks.map((chunk) => `    "${chunk}"`),
      ")",
      "",
      "",
      "class ListedOnly(pickle.Unpickler):",
      "    def find_class(self, module, name):",
      "        if (module, name) not in IMPORTED:",
      '            raise pickle.UnpicklingError(f"{module}.{name} is not among what was listed")',
      "        return super().find_class(module, name)",
      "",
      "",
      "stored = ListedOnly(io.BytesIO(base64.b64decode(PICKLED))).load()",
      'args, kwargs = tuple(stored["a"]), stored["k"]',
    ],
  };
}

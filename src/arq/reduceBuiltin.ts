import type { PyCall, PyGlobal, PyValue } from "../python/value";
import { pyNone } from "../python/value";
import { encodeLatin1 } from "./utf8";

/**
 * The few calls that only spell a builtin value in a protocol without an opcode for it: bytes before protocol 3, sets before
 * 4, nested names before 4, bytearray before 5, instances before 2. Null where the call is anything else. Nothing is called: the value is read off.
 */
export function reduceBuiltin(callee: PyGlobal, args: readonly PyValue[]): PyValue | null {
  const [first, second, third] = args;
  switch (`${callee.module}.${callee.qualname}`) {
    case "_codecs.encode": {
      if (first?.kind !== "str" || second?.kind !== "str" || !isLatin1(second.value)) return null;
      const value = encodeLatin1(first.value);
      return value === null ? null : { kind: "bytes", value };
    }
    case "builtins.bytes":
      return args.length === 0 ? { kind: "bytes", value: new Uint8Array() } : null;
    case "builtins.bytearray": {
      if (first === undefined) return { kind: "bytearray", value: new Uint8Array() };
      if (first.kind === "bytes" && second === undefined) return { kind: "bytearray", value: first.value.slice() };
      if (first.kind !== "str" || second?.kind !== "str" || !isLatin1(second.value)) return null;
      const value = encodeLatin1(first.value);
      return value === null ? null : { kind: "bytearray", value };
    }
    case "builtins.set":
    case "builtins.frozenset": {
      const kind = callee.qualname === "set" ? "set" : "frozenset";
      if (first === undefined) return { kind, items: [] };
      return args.length === 1 && (first.kind === "list" || first.kind === "tuple")
        ? { kind, items: first.items.slice() }
        : null;
    }
    case "copyreg._reconstructor":
      if (first === undefined || second?.kind !== "global" || third === undefined) return null;
      return newCall("new", first, third.kind === "none" ? [] : [third]);
    case "copyreg.__newobj__":
      return first === undefined ? null : newCall("new", first, args.slice(1));
    case "copyreg.__newobj_ex__":
      return first !== undefined && second?.kind === "tuple" && third?.kind === "dict"
        ? newCall("new", first, second.items, third.entries)
        : null;
    case "builtins.getattr":
      // Names with dots before protocol 4, and methods of classes.
      return first?.kind === "global" && second?.kind === "str"
        ? { kind: "global", module: first.module, qualname: `${first.qualname}.${second.value}` }
        : null;
    case "builtins.list":
      return args.length === 0 ? { kind: "list", items: [] } : null;
    case "builtins.dict":
      return args.length === 0 ? { kind: "dict", entries: [] } : null;
    case "builtins.NoneType":
      return pyNone;
    default:
      return null;
  }
}

export function newCall(
  via: PyCall["via"],
  callee: PyValue,
  args: readonly PyValue[],
  kwargs: PyCall["kwargs"] = [],
): PyCall {
  return { kind: "call", via, callee, args, kwargs, state: null, items: [], entries: [] };
}

function isLatin1(codec: string): boolean {
  return /^(latin[-_]?1|iso-?8859-1)$/i.test(codec);
}

const renamedModules: Readonly<Record<string, string>> = {
  __builtin__: "builtins",
  exceptions: "builtins",
  copy_reg: "copyreg",
  commands: "subprocess",
  ConfigParser: "configparser",
  HTMLParser: "html.parser",
  httplib: "http.client",
  Queue: "queue",
  SocketServer: "socketserver",
  thread: "_thread",
  urlparse: "urllib.parse",
  UserDict: "collections",
  UserList: "collections",
  UserString: "collections",
  xmlrpclib: "xmlrpc.client",
};
const renamedBuiltins: Readonly<Record<string, string>> = {
  xrange: "range",
  unicode: "str",
  long: "int",
  unichr: "chr",
};

/** Undoes the names of Python 2 that protocols 0 to 2 still write (CPython Lib/_compat_pickle.py). */
export function modernGlobal(module: string, qualname: string): PyGlobal {
  const renamed = renamedModules[module];
  if (renamed === undefined) return { kind: "global", module, qualname };
  return {
    kind: "global",
    module: renamed,
    qualname: module === "__builtin__" ? (renamedBuiltins[qualname] ?? qualname) : qualname,
  };
}

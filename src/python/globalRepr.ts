import { dotted } from "./objectView";
import type { PyGlobal } from "./value";

/**
 * What Python prints for a name that a pickle refers to. Whether it is a class, a function or a constant is known for the standard
 * library only; elsewhere it is told by how it is written, as PEP 8 has it. A function prints without its address.
 */
export function globalRepr(value: PyGlobal): string {
  const { module, qualname } = value;
  const last = qualname.slice(qualname.lastIndexOf(".") + 1);
  // Old versions of dill name the module of Python 2 in every protocol.
  if (module === "builtins" || module === "__builtin__") return builtinRepr(qualname, last);
  const name = `${module}.${qualname}`;
  if (name.length > 200) return looksLikeClass(last) ? `<class '${name}'>` : `<function ${name}>`;
  const enumeration = enumerations.get(name);
  if (enumeration !== undefined) return `<${enumeration} '${qualname}'>`;
  if (module === "typing" && !typingClasses.has(qualname)) return `typing.${qualname}`;
  // A member of an enumeration, which CPython 3.11 and the `enum` of flags store by name.
  if (/^[A-Z][A-Z0-9_]+$/.test(last) && /[a-z]\w*\.[A-Z0-9_]+$/.test(qualname)) return name;
  if (module === "pathlib" && /^(Pure)?(Posix|Windows)?Path$/.test(qualname))
    return `<class 'pathlib._local.${qualname}'>`;
  if (
    module === "numpy" &&
    /^(u?int|float|complex|bool|str|bytes|object|void|datetime|timedelta|longdouble|clongdouble|ndarray|dtype|matrix)[_\d]*$/.test(
      last,
    )
  )
    return `<class '${name}'>`;
  if (name === "pandas.NA") return "<NA>";
  if (looksLikeClass(last) ? !capitalFunctions.has(name) : lowerClasses.has(name)) return `<class '${name}'>`;
  if (
    (compiledModules.has(module) && qualname === last) ||
    name === "functools.reduce" ||
    name === "functools.cmp_to_key"
  )
    return `<built-in function ${last}>`;
  return `<function ${name}>`;
}

/** Whether the name is that of a class, as far as can be told. */
export function isClass(value: PyGlobal): boolean {
  const last = value.qualname.slice(value.qualname.lastIndexOf(".") + 1);
  if (value.module === "builtins") return !builtinFunctions.has(last);
  return looksLikeClass(last) || lowerClasses.has(dotted(value));
}

function looksLikeClass(last: string): boolean {
  return /^_*[A-Z]/.test(last);
}

function builtinRepr(qualname: string, last: string): string {
  if (qualname === "Ellipsis" || qualname === "NotImplemented") return qualname;
  if (builtinFunctions.has(qualname)) return `<built-in function ${last}>`;
  const owner = qualname.slice(0, -last.length - 1);
  if (owner === "" || owner.includes(".") || /^_*[A-Z]/.test(last)) return `<class '${qualname}'>`;
  if (/^(from_?\w+|maketrans)$/.test(last)) return `<built-in method ${qualname}>`;
  const slot = /^__\w+__$/.test(last) && !/^__(reduce|reduce_ex|sizeof|format|class_getitem|reversed)__$/.test(last);
  return slot &&
    !(last === "__getitem__" && /^(list|dict)$/.test(owner)) &&
    !(last === "__contains__" && owner !== "str")
    ? `<slot wrapper '${last}' of '${owner}' objects>`
    : `<method '${last}' of '${owner}' objects>`;
}

function words(text: string): Set<string> {
  return new Set(text.split(" "));
}

/** `module:name,name module:name` as dotted names. */
export function dottedNames(text: string): string[] {
  return text.split(" ").flatMap((part) => {
    const [module = "", names = ""] = part.split(":");
    return names.split(",").map((name) => `${module}.${name}`);
  });
}

const builtinFunctions = words(
  "abs aiter all anext any ascii bin breakpoint callable chr compile delattr dir divmod eval exec format getattr globals " +
    "hasattr hash hex id input isinstance issubclass iter len locals max min next oct open ord pow print repr round setattr " +
    "sorted sum vars __import__ __build_class__",
);

/** Classes of the standard library that are written like functions. */
const lowerClasses = new Set(
  dottedNames(
    "datetime:datetime,date,time,timedelta,timezone,tzinfo collections:defaultdict,deque array:array functools:partial," +
      "partialmethod,cached_property,singledispatchmethod itertools:accumulate,batched,chain,combinations," +
      "combinations_with_replacement,compress,count,cycle,dropwhile,filterfalse,groupby,islice,pairwise,permutations,product," +
      "repeat,starmap,takewhile,zip_longest operator:itemgetter,attrgetter,methodcaller time:struct_time os:stat_result," +
      "statvfs_result,terminal_size posix:uname_result,times_result,sched_param,waitid_result platform:uname_result " +
      "pwd:struct_passwd grp:struct_group resource:struct_rusage struct:error zlib:error socket:socket,gaierror,herror " +
      "_socket:socket _thread:lock,_local abc:abstractproperty contextlib:closing,aclosing,nullcontext,suppress,chdir," +
      "redirect_stdout,redirect_stderr csv:excel,excel_tab,unix_dialect enum:auto,member,nonmember,property,verify " +
      "ftplib:error_perm,error_proto,error_reply,error_temp mmap:mmap weakref:finalize sched:scheduler shlex:shlex",
  ),
);
const capitalFunctions = new Set(
  dottedNames(
    "typing:NamedTuple,TypedDict threading:RLock tempfile:NamedTemporaryFile,TemporaryFile xml.etree.ElementTree:XML,XMLID," +
      "Comment,ProcessingInstruction multiprocessing.connection:Client,Pipe",
  ),
);
/** Modules written in C, whose functions print without an address. */
const compiledModules = words(
  "math cmath time _operator operator itertools _functools _bisect _heapq zlib binascii posix _io io _struct _json _random sys _codecs " +
    "_pickle _socket _thread _signal _collections _csv _decimal _hashlib _sha1 _sha2 _md5 _statistics _string _weakref " +
    "_warnings array atexit fcntl gc grp pwd resource select marshal unicodedata errno",
);
const typingClasses = words(
  "Generic Protocol TypeVar ParamSpec TypeVarTuple ForwardRef NewType NoDefault Text AnyStr BinaryIO IO TextIO NamedTuple TypedDict " +
    "SupportsAbs SupportsBytes SupportsComplex SupportsFloat SupportsIndex SupportsInt SupportsRound TypeAliasType",
);
const enumerations = new Map(
  [
    [
      "enum",
      "http:HTTPStatus,HTTPMethod uuid:SafeUUID signal:Signals,Handlers,Sigmasks socket:AddressFamily,SocketKind ssl:TLSVersion,VerifyMode,AlertDescription enum:Enum,IntEnum,StrEnum,ReprEnum plistlib:PlistFormat pstats:SortKey calendar:Day,Month",
    ],
    ["flag", "re:RegexFlag socket:MsgFlag,AddressInfo ssl:Options,VerifyFlags enum:Flag,IntFlag inspect:BufferFlags"],
  ].flatMap(([kind = "", names = ""]) => dottedNames(names).map((name) => [name, kind] as const)),
);

import type { Group } from "./reprParts";
import { callGroup, field } from "./reprParts";
import type { PyCall } from "./value";

const url = "scheme netloc path params query fragment";
const tuples = [
  ...["", "Bytes"].flatMap((kind) => [
    `urllib.parse.ParseResult${kind} ${url}`,
    `urllib.parse.SplitResult${kind} ${url.replace(" params", "")}`,
    `urllib.parse.DefragResult${kind} url fragment`,
  ]),
  "decimal.DecimalTuple sign digits exponent",
  "difflib.Match a b size",
  "doctest.TestResults failed attempted",
  "functools.CacheInfo hits misses maxsize currsize",
  "platform.uname_result system node release version machine",
  "functools._CacheInfo hits misses maxsize currsize",
  "shutil.usage total used free",
  "statistics.LinearRegression slope intercept",
  "urllib.robotparser.RequestRate requests seconds",
  "sched.Event time priority sequence action argument kwargs",
  "inspect.FullArgSpec args varargs varkw defaults kwonlyargs kwonlydefaults annotations",
];
// Struct sequences are made with a tuple of their visible fields.
const sequences = [
  "time.struct_time tm_year tm_mon tm_mday tm_hour tm_min tm_sec tm_wday tm_yday tm_isdst",
  "os.stat_result st_mode st_ino st_dev st_nlink st_uid st_gid st_size st_atime st_mtime st_ctime",
  "os.statvfs_result f_bsize f_frsize f_blocks f_bfree f_bavail f_files f_ffree f_favail f_flag f_namemax",
  "os.terminal_size columns lines",
  "posix.uname_result sysname nodename release version machine",
  "posix.times_result user system children_user children_system elapsed",
  "pwd.struct_passwd pw_name pw_passwd pw_uid pw_gid pw_gecos pw_dir pw_shell",
  "grp.struct_group gr_name gr_passwd gr_gid gr_mem",
];

interface Shape {
  readonly name: string;
  readonly fields: readonly string[];
  readonly isSequence: boolean;
}

const shapes = new Map(
  [...tuples.map((line) => [line, false] as const), ...sequences.map((line) => [line, true] as const)].map(
    ([line, isSequence]): [string, Shape] => {
      const [name = "", ...fields] = line.split(" ");
      return [name, { name: isSequence ? name : name.slice(name.lastIndexOf(".") + 1), fields, isSequence }];
    },
  ),
);

/**
 * A named tuple or struct sequence of the standard library under this name, as `name(field=value, …)`; null for other names and for
 * arguments Python would refuse.
 */
export function printTuple(name: string, call: PyCall): Group | null {
  const shape = shapes.get(name);
  if (shape === undefined) return null;
  const [first] = call.args;
  // Protocols 0 and 1 store the whole tuple as one argument, as struct sequences always do.
  const whole = shape.isSequence || call.args.length !== shape.fields.length;
  const values = first?.kind === "tuple" && whole ? first.items : call.args;
  if (values.length !== shape.fields.length && !(shape.isSequence && values.length > shape.fields.length)) return null;
  // functools calls its own `CacheInfo`.
  return callGroup(
    shape.name.replace(/^_/, ""),
    shape.fields.map((one, index) => field(one, values[index] ?? "")),
  );
}

import { exceptionMessage, pythonStr } from "../python/exceptionMessage";
import type { ReadLimits } from "../python/limits";
import { calledName } from "../python/objectRepr";
import { attributesOf, dotted, entry, typeOf } from "../python/objectView";
import { pythonRepr } from "../python/repr";
import type { PyCall, PyGlobal, PyValue } from "../python/value";
import { newCall } from "./reduceBuiltin";

/** An exception taken out of what a library pickles around it. */
export interface Unwrapped {
  readonly call: PyCall;
  /** Text of the traceback from the process that raised it; null where none was stored. */
  readonly remote: string | null;
}

/** Wrappers inside wrappers. */
const maxWrappers = 8;

/**
 * Takes off what carries an exception between processes: `rebuild_exc(exception, traceback)` of concurrent.futures,
 * multiprocessing, loky and billiard, billiard's ExceptionInfo, celery's stand-in for an exception that would not pickle,
 * `partial(cls, **kwargs)()`, botocore's packed arguments.
 */
export function unwrapException(stored: PyCall): Unwrapped {
  let call = stored;
  let remote: string | null = null;
  for (let layer = 0; layer < maxWrappers; layer += 1) {
    const name = calledName(call) ?? "";
    const [first, second, third] = call.args;
    let inner: PyCall | null = null;
    if (/(?:^|\.)_?rebuild_exc$/.test(name) && first?.kind === "call") {
      inner = first;
      remote ??= plainText(second);
    } else if (name === "billiard.einfo.ExceptionInfo") {
      const exception = attribute(call, "exception");
      inner = exception?.kind === "call" ? exception : null;
      remote ??= plainText(attribute(call, "traceback"));
    } else if (name === "celery.utils.serialization.UnpickleableExceptionWrapper") {
      inner = celeryWrapped(call);
    } else if (name === "botocore.exceptions._exception_from_packed_args" && first?.kind === "global") {
      inner = newCall("reduce", first, sequence(second), third?.kind === "dict" ? third.entries : []);
    }
    if (inner === null || inner === call) break;
    call = inner;
  }
  return { call, remote };
}

function celeryWrapped({ args: [module, name, args] }: PyCall): PyCall | null {
  if (module?.kind !== "str" || name?.kind !== "str") return null;
  return newCall("reduce", { kind: "global", module: module.value, qualname: name.value }, sequence(args));
}

/** The class of an exception; also one that cloudpickle or dill carries along because nobody could import it. Null where it is unreadable. */
export function exceptionType(call: PyCall): PyGlobal | null {
  const { callee } = call;
  const maker = callee.kind === "call" ? calledName(callee) : null;
  if (callee.kind === "call" && maker !== null && madeClass.test(maker)) {
    const [, name, , namespace] = callee.args;
    const module = namespace?.kind === "dict" ? entry(namespace.entries, "__module__") : undefined;
    if (name?.kind === "str")
      return { kind: "global", module: module?.kind === "str" ? module.value : "__main__", qualname: name.value };
  }
  return typeOf(call);
}

const madeClass = /^(?:cloudpickle\.cloudpickle(?:_fast)?\._make_skeleton_class|dill\._dill\._create_type)$/;

/** What `str()` gives for exceptions of well-known libraries, whose `__str__` is their own; null for every other one. */
export function libraryMessage(type: PyGlobal | null, call: PyCall, limits: ReadLimits, depth = 0): string | null {
  if (type === null) return null;
  const name = dotted(type);
  const [first, , third] = call.args;
  if (/^arq\.worker\.Retry$|^akq\.worker\.Retry$|^darq\.worker\.Retry$/.test(name)) return retryMessage(call);
  if (/(?:^|\.)JSONDecodeError$/.test(type.qualname) && first?.kind === "str" && third?.kind === "int")
    return exceptionMessage(newCall("reduce", { ...jsonError }, call.args.slice(0, 3)), limits);
  if (type.module.startsWith("botocore.")) return botocoreMessage(type, call, limits);
  if (type.module === "urllib3.exceptions") return urllibMessage(type, call, limits);
  // `str()` of an exception made of another one is that of the other one.
  if (first?.kind === "call" && call.args.length === 1 && depth < maxWrappers)
    return libraryMessage(exceptionType(first), first, limits, depth + 1);
  if (type.module === "sqlalchemy.exc") return sqlMessage(call, limits);
  if (name === "celery.exceptions.Retry" && first?.kind === "str") return first.value;
  if (/^pydantic\.(?:v1\.)?error_wrappers\.ValidationError$/.test(name)) return oldPydanticMessage(call, limits);
  return null;
}

const jsonError: PyGlobal = { kind: "global", module: "json.decoder", qualname: "JSONDecodeError" };

/** `str(Retry)` is its repr: `<Retry defer 5.00s>` (arq/worker.py). */
function retryMessage(call: PyCall): string {
  const score = attribute(call, "defer_score");
  return `<Retry defer ${((score?.kind === "int" ? Number(score.value) : 0) / 1000).toFixed(2)}s>`;
}

/** botocore's own words for what its commonest exceptions pack (botocore/exceptions.py). */
const botocoreTexts: Readonly<Record<string, string>> = {
  EndpointConnectionError: "Could not connect to the endpoint URL",
  ConnectTimeoutError: "Connect timeout on endpoint URL",
  ReadTimeoutError: "Read timeout on endpoint URL",
  ConnectionClosedError: "Connection was closed before we received a valid response from endpoint URL",
};

function botocoreMessage(type: PyGlobal, call: PyCall, limits: ReadLimits): string | null {
  const [response, operation] = call.args;
  const error = response?.kind === "dict" ? entry(response.entries, "Error") : undefined;
  if (error?.kind === "dict" && operation !== undefined) {
    const part = (key: string): string => {
      const value = entry(error.entries, key);
      return value === undefined ? "Unknown" : pythonStr(value, limits);
    };
    return `An error occurred (${part("Code")}) when calling the ${pythonStr(operation, limits)} operation: ${part("Message")}`;
  }
  if (type.qualname === "NoCredentialsError") return "Unable to locate credentials";
  const url = entry(call.kwargs, "endpoint_url");
  const text = Object.hasOwn(botocoreTexts, type.qualname) ? botocoreTexts[type.qualname] : undefined;
  if (text !== undefined && url !== undefined) return `${text}: "${pythonStr(url, limits)}"`;
  // The words of the others stand in botocore only.
  if (call.kwargs.length === 0) return null;
  return call.kwargs.map(([key, value]) => `${pythonStr(key, limits)}=${pythonRepr(value, limits)}`).join(", ");
}

/** urllib3 does not pickle its pools and connections, so their names are missing at the start. */
function urllibMessage(type: PyGlobal, call: PyCall, limits: ReadLimits): string | null {
  const [pool, second, third] = call.args;
  if (pool?.kind !== "none" || second === undefined) return null;
  if (type.qualname !== "MaxRetryError") return pythonStr(second, limits);
  if (third?.kind !== "call") return `Max retries exceeded with url: ${pythonStr(second, limits)}`;
  const reason = exceptionType(third);
  const why =
    (reason?.qualname === "NewConnectionError" ? urllibMessage(reason, third, limits) : null) ??
    exceptionMessage(third, limits);
  const name = reason?.qualname.slice(reason.qualname.lastIndexOf(".") + 1) ?? "Exception";
  return `Max retries exceeded with url: ${pythonStr(second, limits)} (Caused by ${name}(${JSON.stringify(why)}))`;
}

/**
 * `(driver.Error) message`, then statement and parameters, as SQLAlchemy's StatementError prints them. The link that follows
 * there depends on the installed version.
 */
function sqlMessage(call: PyCall, limits: ReadLimits): string | null {
  // DBAPIError.__reduce__: statement, params, orig, hide_parameters, …; StatementError: message, statement, params, orig, hide_parameters.
  const dbapi = call.args[2]?.kind === "call" && call.args.length >= 5 && call.args[3]?.kind === "bool";
  const [message, statement, params, cause, hides]: readonly (PyValue | undefined)[] = dbapi
    ? [undefined, ...call.args]
    : call.args;
  if (cause?.kind !== "call" || hides?.kind !== "bool") return null;
  const type = exceptionType(cause);
  const lines = [
    message === undefined
      ? `(${type === null ? "Exception" : dotted(type)}) ${exceptionMessage(cause, limits)}`
      : pythonStr(message, limits),
  ];
  if (statement?.kind === "str") lines.push(`[SQL: ${statement.value}]`);
  if (params !== undefined && params.kind !== "none" && !isEmpty(params))
    lines.push(
      hides.value
        ? "[SQL parameters hidden due to hide_parameters=True]"
        : `[parameters: ${pythonRepr(params, limits)}]`,
    );
  return lines.join("\n");
}

function isEmpty(value: PyValue): boolean {
  if (value.kind === "dict") return value.entries.length === 0;
  return (value.kind === "tuple" || value.kind === "list") && value.items.length === 0;
}

/** Texts and types of pydantic 1's commonest errors (pydantic/errors.py). */
const oldPydanticErrors: Readonly<Record<string, readonly [text: string, type: string]>> = {
  MissingError: ["field required", "value_error.missing"],
  ExtraError: ["extra fields not permitted", "value_error.extra"],
  NoneIsNotAllowedError: ["none is not an allowed value", "type_error.none.not_allowed"],
  BoolError: ["value could not be parsed to a boolean", "type_error.bool"],
  IntegerError: ["value is not a valid integer", "type_error.integer"],
  FloatError: ["value is not a valid float", "type_error.float"],
  StrError: ["str type expected", "type_error.str"],
  DictError: ["value is not a valid dict", "type_error.dict"],
  ListError: ["value is not a valid list", "type_error.list"],
  UUIDError: ["value is not a valid uuid", "type_error.uuid"],
  DateTimeError: ["invalid datetime format", "value_error.datetime"],
  EmailError: ["value is not a valid email address", "value_error.email"],
};

/** At most so many errors of one model are printed. */
const maxModelErrors = 100;

function oldPydanticMessage(call: PyCall, limits: ReadLimits): string | null {
  const [errors, model] = call.args;
  if (errors?.kind !== "list") return null;
  const count = errors.items.length;
  const title = model?.kind === "global" ? model.qualname.slice(model.qualname.lastIndexOf(".") + 1) : "model";
  const lines = [`${count} validation error${count === 1 ? "" : "s"} for ${title}`];
  for (const wrapper of errors.items.slice(0, maxModelErrors)) {
    if (wrapper.kind !== "call") return null;
    const loc = attribute(wrapper, "_loc");
    const exc = attribute(wrapper, "exc");
    if (loc !== undefined)
      lines.push(
        sequence(loc, [loc])
          .map((step) => pythonStr(step, limits))
          .join(" -> "),
      );
    if (exc?.kind === "call") lines.push(`  ${oldPydanticError(exc, limits)}`);
  }
  return lines.join("\n");
}

function oldPydanticError(exc: PyCall, limits: ReadLimits): string {
  // `cls_kwargs(cls, kwargs)` makes pydantic's own errors.
  const [made] = exc.args;
  const type = made?.kind === "global" ? made : exceptionType(exc);
  const known =
    type === null
      ? undefined
      : Object.hasOwn(oldPydanticErrors, type.qualname)
        ? oldPydanticErrors[type.qualname]
        : undefined;
  if (known !== undefined) return `${known[0]} (type=${known[1]})`;
  if (made?.kind === "global") return made.qualname;
  const kind = type?.qualname === "ValueError" ? "value_error" : type?.qualname === "TypeError" ? "type_error" : null;
  return `${exceptionMessage(exc, limits)}${kind === null ? "" : ` (type=${kind})`}`;
}

/** An attribute that the pickle sets on the object, in a dict or in slots. */
export function attribute(call: PyCall, name: string): PyValue | undefined {
  return call.state === null ? undefined : attributesOf(call.state)?.find(([field]) => field === name)?.[1];
}

function sequence(value: PyValue | undefined, otherwise: readonly PyValue[] = []): readonly PyValue[] {
  return value?.kind === "tuple" || value?.kind === "list" ? value.items : otherwise;
}

function plainText(value: PyValue | undefined): string | null {
  return value?.kind === "str" ? value.value : null;
}

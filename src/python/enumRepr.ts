import type { PyCall } from "./value";

/**
 * Members of the standard library's enumerations, which a pickle stores by value. Signals are those of Linux; those whose members differ by platform or by
 * version of a library (sockets, TLS) are left to print as `module.Class(value)`.
 */
export const enumPrinters: Readonly<Record<string, (call: PyCall) => string | null>> = {
  "http.HTTPStatus": ({ args: [value] }) => {
    const name = value?.kind === "int" && value.value < 1000n ? statusNames.get(Number(value.value)) : undefined;
    return name === undefined || value?.kind !== "int" ? null : `<HTTPStatus.${name}: ${value.value}>`;
  },
  "http.HTTPMethod": ({ args: [value] }) =>
    value?.kind === "str" && methods.includes(value.value) ? `<HTTPMethod.${value.value}>` : null,
  "uuid.SafeUUID": ({ args: [value] }) => {
    if (value?.kind === "none") return "<SafeUUID.unknown: None>";
    if (value?.kind !== "int" || (value.value !== 0n && value.value !== -1n)) return null;
    return value.value === 0n ? "<SafeUUID.safe: 0>" : "<SafeUUID.unsafe: -1>";
  },
  "signal.Signals": ({ args: [value] }) => {
    const name = value?.kind === "int" ? signalName(value.value) : null;
    return name === null || value?.kind !== "int" ? null : `<Signals.${name}: ${value.value}>`;
  },
  "re.RegexFlag": ({ args: [value] }) => {
    if (value?.kind !== "int" || value.value < 0n || value.value > 511n) return null;
    return regexFlags(Number(value.value));
  },
};

const methods = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

/** Flags of `re` by their bits, lowest first; bit 0 was TEMPLATE, which 3.13 no longer has. */
const regexBits = ["0x1", "IGNORECASE", "LOCALE", "MULTILINE", "DOTALL", "UNICODE", "VERBOSE", "DEBUG", "ASCII"];

function regexFlags(value: number): string {
  if (value === 0) return "re.NOFLAG";
  const names = regexBits.filter((_, bit) => bit > 0 && (value >> bit) % 2 === 1).map((name) => `re.${name}`);
  if (value % 2 === 1) names.push("0x1");
  return names.join("|");
}

/** The flags of a compiled pattern as its repr names them: as above, without the UNICODE that every text pattern has. */
export function patternFlags(value: number, isText: boolean): string[] {
  const shown = isText && (value & (4 | 32 | 256)) === 32 ? value & ~32 : value;
  const names = regexBits.filter((_, bit) => bit > 0 && (shown >> bit) % 2 === 1).map((name) => `re.${name}`);
  const rest = shown & ~0b1_1111_1110;
  return rest === 0 ? names : [...names, `0x${(rest >>> 0).toString(16)}`];
}

/** Runs of codes that follow one another (RFC 9110 and its kin; CPython Lib/http/__init__.py of 3.13). */
const statusRuns =
  "100:CONTINUE SWITCHING_PROTOCOLS PROCESSING EARLY_HINTS|200:OK CREATED ACCEPTED NON_AUTHORITATIVE_INFORMATION NO_CONTENT " +
  "RESET_CONTENT PARTIAL_CONTENT MULTI_STATUS ALREADY_REPORTED|226:IM_USED|300:MULTIPLE_CHOICES MOVED_PERMANENTLY FOUND " +
  "SEE_OTHER NOT_MODIFIED USE_PROXY|307:TEMPORARY_REDIRECT PERMANENT_REDIRECT|400:BAD_REQUEST UNAUTHORIZED PAYMENT_REQUIRED " +
  "FORBIDDEN NOT_FOUND METHOD_NOT_ALLOWED NOT_ACCEPTABLE PROXY_AUTHENTICATION_REQUIRED REQUEST_TIMEOUT CONFLICT GONE " +
  "LENGTH_REQUIRED PRECONDITION_FAILED CONTENT_TOO_LARGE URI_TOO_LONG UNSUPPORTED_MEDIA_TYPE RANGE_NOT_SATISFIABLE " +
  "EXPECTATION_FAILED IM_A_TEAPOT|421:MISDIRECTED_REQUEST UNPROCESSABLE_CONTENT LOCKED FAILED_DEPENDENCY TOO_EARLY " +
  "UPGRADE_REQUIRED|428:PRECONDITION_REQUIRED TOO_MANY_REQUESTS|431:REQUEST_HEADER_FIELDS_TOO_LARGE|" +
  "451:UNAVAILABLE_FOR_LEGAL_REASONS|500:INTERNAL_SERVER_ERROR NOT_IMPLEMENTED BAD_GATEWAY SERVICE_UNAVAILABLE " +
  "GATEWAY_TIMEOUT HTTP_VERSION_NOT_SUPPORTED VARIANT_ALSO_NEGOTIATES INSUFFICIENT_STORAGE LOOP_DETECTED|510:NOT_EXTENDED " +
  "NETWORK_AUTHENTICATION_REQUIRED";
const statusNames = new Map(
  statusRuns.split("|").flatMap((run) => {
    const [first = "", names = ""] = run.split(":");
    return names.split(" ").map((name, index) => [Number(first) + index, name] as const);
  }),
);

/** Linux' names of the signals from 1 on. */
const signals =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF " +
  "WINCH IO PWR SYS";

/** `SIGKILL` for 9; null for a number without a name. */
export function signalName(number: bigint): string | null {
  const name = number < 32n ? signals.split(" ")[Number(number) - 1] : undefined;
  return name === undefined ? null : `SIG${name}`;
}

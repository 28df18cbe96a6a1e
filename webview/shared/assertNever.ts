/** The end of a switch over a union: does not compile while a case is missing. Throws when the host sends a case this page does not know. */
export function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

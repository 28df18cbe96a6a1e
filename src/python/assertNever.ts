/** Ends a switch over a union: a member without a case does not compile. Throws only where a type was lied to. */
export function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

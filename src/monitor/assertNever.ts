/** Ends a switch over a union: adding a member is a compile error wherever it is not handled. Throws if a value got past the types. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}

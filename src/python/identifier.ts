const keywords = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda " +
    "nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

/** Whether Python takes it as a name. It reads `ﬁ` for `fi`, so a name that is not in that form cannot be written as one. */
export function isIdentifier(name: string): boolean {
  return (
    /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u.test(name) &&
    name.normalize("NFKC") === name &&
    !keywords.has(name)
  );
}

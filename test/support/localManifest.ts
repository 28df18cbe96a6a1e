/** A `%key%` of package.json, and nothing else in that text. */
export const nlsKey = /^%([\w.-]+)%$/;

/** The manifest as VS Code shows it in English: every `%key%` replaced by its text. Throws for a key that has none. */
export function localManifest<T>(manifest: T, texts: Readonly<Record<string, string>>): T {
  return JSON.parse(JSON.stringify(manifest), (_name, value: unknown) => {
    const key = typeof value === "string" ? nlsKey.exec(value)?.[1] : undefined;
    if (key === undefined) return value;
    if (!Object.hasOwn(texts, key)) throw new Error(`package.nls.json has no "${key}"`);
    return texts[key];
  }) as T;
}

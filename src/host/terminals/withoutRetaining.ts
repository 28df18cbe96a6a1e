/**
 * The chunks of an execution's output, each let go of once it was read. VS Code's iterable keeps every chunk until the command ends (1.93 to 1.139), so
 * that reading a `docker compose up` for a week would keep a week of its output in the extension host. Where the iterable turns out to hold the chunk
 * that it has just given, at the place where it is next in turn, an empty text takes its place; an iterable of another make is read as it is.
 */
export async function* withoutRetaining(stream: AsyncIterable<string>): AsyncGenerator<string> {
  let position = 0;
  // Named differently in every build, so it is known by what it holds: the first chunk tells.
  let holders: readonly string[] | null = null;
  for await (const chunk of stream) {
    holders ??= Object.keys(stream).filter((name) => held(stream, name)?.[0] === chunk);
    for (const name of holders) {
      const chunks = held(stream, name);
      if (chunks?.[position] === chunk) chunks[position] = "";
    }
    position++;
    yield chunk;
  }
}

function held(stream: object, name: string): unknown[] | null {
  const value: unknown = Reflect.get(stream, name);
  return Array.isArray(value) ? value : null;
}

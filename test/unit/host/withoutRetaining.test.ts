import assert from "node:assert/strict";
import { withoutRetaining } from "../../../src/host/terminals/withoutRetaining";

/** As VS Code's own: every chunk stays until the command ends, and each reader counts by itself. */
class Retaining implements AsyncIterable<string> {
  readonly kept: string[];
  readonly other = ["a", "b"];

  constructor(chunks: readonly string[]) {
    this.kept = [...chunks];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (let at = 0; at < this.kept.length; at++) yield this.kept[at]!;
  }
}

async function all(stream: AsyncIterable<string>): Promise<string[]> {
  const read: string[] = [];
  for await (const chunk of stream) read.push(chunk);
  return read;
}

describe("reading a command's output", () => {
  it("gives every chunk, and lets each go once it was read", async () => {
    const stream = new Retaining(["one", "two", "two", "", "three"]);
    const reading = withoutRetaining(stream);
    assert.equal((await reading.next()).value, "one");
    assert.deepEqual(stream.kept, ["", "two", "two", "", "three"]);
    assert.deepEqual(await all(reading), ["two", "two", "", "three"]);
    assert.deepEqual(stream.kept, ["", "", "", "", ""]);
  });

  it("leaves alone what another make of stream holds", async () => {
    const stream = new Retaining(["one", "b", "three"]);
    assert.deepEqual(await all(withoutRetaining(stream)), ["one", "b", "three"]);
    // The second of the others is like the second chunk, but the first was not like the first.
    assert.deepEqual(stream.other, ["a", "b"]);
    const generator = (async function* () {
      yield "one";
      yield "two";
    })();
    assert.deepEqual(await all(withoutRetaining(generator)), ["one", "two"]);
  });

  it("ends the stream where the reader ends", async () => {
    let ended = false;
    const generator = (async function* () {
      try {
        for (;;) yield "y";
      } finally {
        ended = true;
      }
    })();
    for await (const chunk of withoutRetaining(generator)) if (chunk === "y") break;
    assert.ok(ended);
  });
});

import assert from "node:assert/strict";
import type { Memento } from "vscode";
import type { CurrentFrame } from "../../../src/host/editor/currentTraceback";
import { frameNote, positionText } from "../../../src/host/editor/frameNote";
import { FrameStack } from "../../../src/host/editor/frameStack";
import { LearnedPaths } from "../../../src/host/editor/learnedPaths";
import { noFileText } from "../../../src/host/editor/noFileText";
import { failureFacts, failureStacks } from "../../../src/host/failureStack";
import { failingFrame, frameTarget } from "../../../src/host/groupFrames";
import type { JobDetail } from "../../../src/monitor/model";
import type { LocatedFrame } from "../../../src/python/locatedFrame";
import { flattenChain } from "../../../src/python/frames";
import { parseTracebacks, type Traceback } from "../../../src/python/traceback";

const [traceback] = parseTracebacks(`Traceback (most recent call last):
  File "/v/lib/python3.12/site-packages/arq/worker.py", line 594, in run_job
    result = await task
  File "/app/shop/tasks.py", line 12, in charge
    pay(order)
  File "/app/shop/payments.py", line 30, in pay
    data = json.loads(text)
  File "/usr/lib/python3.12/json/decoder.py", line 355, in raw_decode
    raise JSONDecodeError("Expecting value", s, err.value) from None
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
`);
const frames = traceback!.frames;
const raised = { type: "json.decoder.JSONDecodeError", message: "Expecting value", values: ["pos = 0", "lineno = 1"] };

const [chained] = parseTracebacks(`Traceback (most recent call last):
  File "/app/shop/prices.py", line 29, in price
    return look_up(sku)
  File "/app/shop/prices.py", line 7, in look_up
    return prices[sku]
KeyError: 'sku'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/v/lib/python3.12/site-packages/arq/worker.py", line 594, in run_job
    result = await task
  File "/app/shop/tasks.py", line 12, in charge
    price(order)
  File "/app/shop/prices.py", line 31, in price
    raise NotPriced(sku) from error
shop.errors.NotPriced: no price for A-7
`);

function current(
  index: number,
  more: Partial<LocatedFrame> = {},
  stack = new FrameStack(frames, raised),
): CurrentFrame {
  return { stack, index, located: { path: "/ws/x.py", line: frames[index]!.line, text: "same", how: "tail", ...more } };
}

describe("a traceback that is stepped through", () => {
  it("goes through own frames, and through all of them from a library's", () => {
    const stack = new FrameStack(frames);
    const steps = (from: number) => stack.steps(from).map(({ index }) => index);
    assert.deepEqual(steps(1), [1, 2]);
    assert.deepEqual(steps(2), [1, 2]);
    assert.deepEqual(steps(3), [0, 1, 2, 3]);
    assert.equal(stack.deepestOwn, 2);
    assert.equal(JSON.stringify(stack), '"4 frames"', "rows are compared as JSON");
  });

  it("says which frame it is, of how many", () => {
    assert.equal(positionText(current(1)), "frame 1 of 2 in your code");
    assert.equal(positionText(current(3)), "frame 4 of 4");
  });

  it("says beside the line what was raised there, with the exception's values", () => {
    assert.equal(
      frameNote(current(3)),
      "json.decoder.JSONDecodeError: Expecting value · pos = 0 · lineno = 1 · frame 4 of 4",
    );
    assert.match(
      frameNote(current(2)),
      /^json\.decoder\.JSONDecodeError: .* \(raised further down, in json\/decoder\.py\) · frame 2 of 2/,
    );
    assert.equal(frameNote(current(1)), "frame 1 of 2 in your code");
  });

  it("says when the line has moved or is gone", () => {
    assert.equal(
      frameNote(current(1, { text: "moved", line: 15 })),
      "frame 1 of 2 in your code · moved since: it was line 12, now 15",
    );
    assert.match(frameNote(current(1, { text: "edited" })), /edited since: the line that ran is gone$/);
  });

  it("does not name again what another note of the line names", () => {
    assert.equal(frameNote(current(3), true), "pos = 0 · lineno = 1 · frame 4 of 4");
  });

  it("keeps to one line whatever an exception says", () => {
    const long = new FrameStack(frames, { type: "E", message: `a\n\u202E${"x".repeat(5000)}`, values: [] });
    const note = frameNote(current(3, {}, long));
    assert.ok(note.length < 200);
    assert.doesNotMatch(note, /[\n\u202E]/);
  });
});

describe("exceptions of one failure", () => {
  const facts = { release: null, values: [] };
  const walk = (whole: Traceback) => {
    const stacks = failureStacks({ chain: flattenChain(whole) }, facts);
    const first = stacks.find((stack) => stack.raised?.type === whole.type)!;
    return first.steps(first.deepestOwn).map((step) => {
      const frame = step.stack.frames[step.index]!;
      return `${frame.function}:${frame.line} ${positionText(step)}`;
    });
  };

  it("are stepped through from the one that reached ARQ on to what led to it", () => {
    assert.deepEqual(walk(chained!), [
      "charge:12 frame 1 of 4 in your code, in NotPriced",
      "price:31 frame 2 of 4 in your code, in NotPriced",
      "price:29 frame 3 of 4 in your code, in KeyError",
      "look_up:7 frame 4 of 4 in your code, in KeyError",
    ]);
  });

  it("are stepped through from a group to its members, and from each to what led to it", () => {
    const one = (type: string, line: number, more: Partial<Traceback> = {}): Traceback => ({
      ...traceback!,
      type,
      frames: [{ file: "/app/shop/tasks.py", line, function: type.toLowerCase(), source: null, repeat: 0 }],
      ...more,
    });
    const group = one("ExceptionGroup", 1, {
      group: [one("A", 2, { cause: one("B", 3) }), one("C", 4)],
      context: one("D", 5),
    });
    assert.deepEqual(
      walk(group).map((step) => step.split(" ")[0]),
      ["exceptiongroup:1", "a:2", "b:3", "c:4", "d:5"],
    );
  });

  it("are all stepped through where one goes through library frames", () => {
    const stacks = failureStacks({ chain: flattenChain(chained!) }, facts);
    assert.equal(positionText({ stack: stacks[1]!, index: 0 }), "frame 1 of 5, in NotPriced");
    assert.equal(positionText({ stack: stacks[0]!, index: 1 }), "frame 4 of 4 in your code, in KeyError");
  });

  it("lead on also from the line at which a kind of failure happens", () => {
    const { step, line } = frameTarget(failingFrame({ chain: flattenChain(chained!) }, "job-1")!);
    assert.equal(line, 31);
    assert.deepEqual(step?.stack.steps(step.index).length, 4);
  });

  it("have the place of a SyntaxError as the last frame", () => {
    const [error] = parseTracebacks(`Traceback (most recent call last):
  File "/app/shop/tasks.py", line 12, in charge
    import broken
  File "/app/shop/broken.py", line 3
    def f(:
          ^
SyntaxError: invalid syntax
`);
    const { step, line } = frameTarget(failingFrame({ chain: flattenChain(error!) }, "job-1")!);
    assert.deepEqual([line, step?.index, step?.stack.frames.length], [3, 1, 2]);
  });
});

describe("what a failed job tells besides its traceback", () => {
  const detail = (success: boolean): JobDetail =>
    ({
      result: {
        decoded: {
          ok: true,
          success,
          release: "1.4.2",
          result: {
            kind: "call",
            via: "reduce",
            callee: { kind: "global", module: "shop.errors", qualname: "CardDeclined" },
            args: [{ kind: "str", value: "declined" }],
            kwargs: [],
            state: {
              kind: "dict",
              entries: [
                [
                  { kind: "str", value: "code" },
                  { kind: "str", value: "51" },
                ],
              ],
            },
            items: [],
            entries: [],
          },
        },
      },
    }) as unknown as JobDetail;

  it("is the release, and the exception's attributes unless values are hidden", () => {
    assert.deepEqual(failureFacts(detail(false), false), { release: "1.4.2", values: ["code = '51'"] });
    assert.deepEqual(failureFacts(detail(false), true), { release: "1.4.2", values: [] });
    assert.deepEqual(failureFacts(detail(true), false).values, []);
    assert.deepEqual(failureFacts({ result: null } as JobDetail, false), { release: null, values: [] });
  });

  it("belongs to the exception that reached ARQ, not to what led to it", () => {
    const stacks = failureStacks({ chain: flattenChain(chained!) }, failureFacts(detail(false), false));
    assert.deepEqual(
      stacks.map(({ raised: error, release }) => [error?.type, error?.values, release]),
      [
        ["KeyError", [], "1.4.2"],
        ["shop.errors.NotPriced", ["code = '51'"], "1.4.2"],
      ],
    );
  });
});

describe("frames without a file", () => {
  it("are told apart in words", () => {
    const texts = (["notebook", "typed", "generated", "frozen", "nothing"] as const).map((why) =>
      noFileText("<x>", why),
    );
    assert.equal(new Set(texts).size, 5);
    assert.match(noFileText("Cell In[3]", "notebook"), /^Cell In\[3\] is a cell of a notebook/);
    assert.match(noFileText("<stdin>", "typed"), /typed at a Python prompt/);
    assert.match(noFileText("<string>", "generated"), /exec, eval/);
  });
});

describe("LearnedPaths", () => {
  it("keeps the last hits of a workspace, one local folder for each remote one, and forgets", async () => {
    const kept = new Map<string, unknown>();
    const memory = {
      get: (key: string) => kept.get(key),
      update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
      keys: () => [...kept.keys()],
    } as unknown as Memento;
    const learned = new LearnedPaths(memory);
    await learned.learn("/app/shop/tasks.py", "/ws/a/shop/tasks.py");
    await learned.learn("/srv/tasks.py", "/ws/srv/tasks.py");
    await learned.learn("/app/shop/tasks.py", "/ws/b/shop/tasks.py");
    await learned.learn("/v/lib/python3.12/site-packages/arq/worker.py", "/ws/v/arq/worker.py");
    await learned.learn("<string>", "/ws/x.py");
    assert.deepEqual(new LearnedPaths(memory).all, [
      { remote: "/app", local: "/ws/b" },
      { remote: "/", local: "/ws" },
    ]);
    await learned.forget([{ remote: "/app", local: "/ws/b" }]);
    assert.equal(learned.all.length, 1);
    for (let index = 0; index < 40; index++) await learned.learn(`/r${index}/a.py`, `/ws/${index}/a.py`);
    assert.equal(learned.all.length, 20);
  });
});

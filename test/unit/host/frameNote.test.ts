import assert from "node:assert/strict";
import type { Memento } from "vscode";
import type { CurrentFrame } from "../../../src/host/editor/currentTraceback";
import { frameNote, positionText } from "../../../src/host/editor/frameNote";
import { FrameStack } from "../../../src/host/editor/frameStack";
import { LearnedPaths } from "../../../src/host/editor/learnedPaths";
import { noFileText } from "../../../src/host/editor/noFileText";
import { failureFacts, failureStack } from "../../../src/host/failureStack";
import type { JobDetail } from "../../../src/monitor/model";
import type { LocatedFrame } from "../../../src/python/locatedFrame";
import { parseTracebacks } from "../../../src/python/traceback";

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
    assert.deepEqual(stack.steps(1), [1, 2]);
    assert.deepEqual(stack.steps(2), [1, 2]);
    assert.deepEqual(stack.steps(3), [0, 1, 2, 3]);
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
    const chain = [
      { heading: null, traceback: traceback! },
      { heading: null, traceback: traceback! },
    ];
    const facts = failureFacts(detail(false), false);
    assert.deepEqual(failureStack({ chain }, 0, facts).raised?.values, []);
    assert.deepEqual(failureStack({ chain }, 1, facts).raised?.values, ["code = '51'"]);
    assert.equal(failureStack({ chain }, 0, facts).release, "1.4.2");
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

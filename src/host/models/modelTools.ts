import { workspace } from "vscode";
import type { ErrorGroup, Monitor } from "../../monitor/model";
import { isOwnFrame } from "../../python/frames";
import type { FrameOpener } from "../editor/openFrame";
import { sourceAt } from "../editor/frameSource";
import { locateOwn } from "../editor/locateOwn";
import type { FailingFrame, GroupFrames } from "../groupFrames";
import { findTraceback, withMonitor } from "../liveSession";
import { errorView } from "../panels/jobView";
import { rememberedJob } from "../rememberedJob";
import type { Session } from "../session";
import type { Settings } from "../settings";
import type { FoundTraceback, Tracebacks } from "../tracebacks";
import { assertNever } from "../../python/assertNever";
import { askedGroups, type GroupPlace, groupsAnswer } from "./groupsAnswer";
import { jobAnswer, type JobToTell, type ToldValues } from "./jobAnswer";
import { queuesAnswer } from "./queuesAnswer";
import type { ToolName } from "./toolDefinitions";
import { ToolError } from "./toolError";
import { groupsInput, jobInput, noInput } from "./toolInput";

/** What the tools read from. */
export interface ModelParts {
  readonly session: Session;
  readonly settings: Settings;
  readonly tracebacks: Tracebacks;
  readonly frames: FrameOpener;
  readonly groupFrames: GroupFrames;
}

/** Frames of own code whose lines are read for a job. */
const sourcesAtMost = 6;
/** Places of failures are looked for while a model waits; each costs the reading of a job. */
const placesAtMost = 15;
const placesMs = 3000;

/** The tools that language models are given, wherever they ask from. They read only, and everything they tell has passed the redactor. */
export class ModelTools {
  constructor(private readonly parts: ModelParts) {}

  /** The answer, as JSON of at most so many characters. Rejects with a `ToolError` whose message is meant for the model. */
  async run(name: ToolName, input: unknown, atMost?: number): Promise<string> {
    try {
      switch (name) {
        case "arq_list_queues":
          noInput(input);
          return await this.#queues();
        case "arq_list_failed_groups":
          return await this.#groups(groupsInput(input));
        case "arq_get_job":
          return await this.#job(jobInput(input).id, atMost);
        default:
          return assertNever(name);
      }
    } catch (error) {
      if (error instanceof ToolError) throw error;
      const why = this.parts.session.redactor.text(error instanceof Error ? error.message : String(error));
      throw new ToolError(
        `${why} Nothing was read. Tell the user, who can connect with the command "ARQ: Connect to Redis" and see the state in the ARQ view.`,
      );
    }
  }

  async #queues(): Promise<string> {
    return this.#read(async (monitor) => queuesAnswer(monitor.snapshot(), this.parts.session.view));
  }

  async #groups(asked: ReturnType<typeof groupsInput>): Promise<string> {
    return this.#read(async (monitor) => {
      const groups = askedGroups(await monitor.errorGroups(), asked);
      const places = await this.#places(groups.slice(0, Math.min(asked.limit, placesAtMost)));
      const { complete } = monitor.snapshot();
      return groupsAnswer({ groups, places, complete }, asked.limit);
    });
  }

  async #job(id: string, atMost: number | undefined): Promise<string> {
    const { session, tracebacks } = this.parts;
    return withMonitor(session, false, async (monitor) => {
      // Redis forgets a failed job after an hour; the history does not.
      const detail = (await monitor.open(id)) ?? rememberedJob(monitor, id);
      if (detail === null)
        throw new ToolError(
          `Redis holds no key of a job with this id, and no failure of it is remembered: it is forgotten by now, or the id is another one. arq_list_failed_groups tells ids of failed jobs.`,
        );
      const traceback = await findTraceback(tracebacks, detail);
      const values: ToldValues = this.#mayTellValues() ?? { told: true, detail };
      const source = await this.#source(traceback);
      const error = errorView({ detail, traceback });
      const text = traceback?.text ?? null;
      return jobAnswer({ detail, connection: session.view, error, traceback: text, source, values }, atMost);
    });
  }

  /** Why arguments and results are not told; null where they are. */
  #mayTellValues(): Extract<ToldValues, { told: false }> | null {
    const { session, settings } = this.parts;
    if (!settings.get("arq.models.includeArguments"))
      return {
        told: false,
        why: "The user's setting arq.models.includeArguments does not allow arguments and results to be told to models.",
      };
    if (session.hiddenBy !== null)
      return {
        told: false,
        why: "Values of this connection are hidden in the editor, as they usually are in production, so they are not told to models either.",
      };
    return null;
  }

  /** Lines around the frames of own code in the open folders, the deepest first. A source file may hold a secret as anything else may. */
  async #source(traceback: FoundTraceback | null): Promise<JobToTell["source"]> {
    const { frames, session } = this.parts;
    const own = (traceback?.chain.at(-1)?.traceback.frames ?? []).filter(({ file }) => isOwnFrame(file));
    const found = await Promise.all(
      own
        .slice(-sourcesAtMost)
        .toReversed()
        .map(async (frame) => {
          const located = await locateOwn(frames, frame);
          return { frame, view: located === null ? null : await sourceAt(located) };
        }),
    );
    return found.flatMap(({ frame, view }) => {
      if (view === null) return [];
      const lines = session.redactor.text(view.lines.join("\n")).split("\n");
      return [{ ...view, lines, function: frame.function }];
    });
  }

  async #places(groups: readonly ErrorGroup[]): Promise<ReadonlyMap<string, GroupPlace>> {
    const { groupFrames, frames } = this.parts;
    const following = groupFrames.follow(this);
    try {
      groupFrames.want(this, groups);
      const missing = (): boolean => groups.some(({ key }) => groupFrames.of(key) === null);
      const end = performance.now() + placesMs;
      while (missing() && performance.now() < end) await nextFound(groupFrames, end - performance.now());
    } finally {
      following.dispose();
    }
    const places = await Promise.all(
      groups.map(async ({ key }) => [key, await placeOf(groupFrames.of(key), frames)] as const),
    );
    return new Map(places.flatMap(([key, place]) => (place === null ? [] : [[key, place] as const])));
  }

  /** With everything indexed, as far as that comes in time. */
  #read(run: (monitor: Monitor) => Promise<string>): Promise<string> {
    return withMonitor(this.parts.session, true, run);
  }
}

/** Whoever waits is told no later than this. */
const lookAgainMs = 300;

async function nextFound(groupFrames: GroupFrames, atMostMs: number): Promise<void> {
  await new Promise<void>((done) => {
    const finish = (): void => {
      clearTimeout(timer);
      listening.dispose();
      done();
    };
    const timer = setTimeout(finish, Math.max(0, Math.min(atMostMs, lookAgainMs)));
    const listening = groupFrames.onDidFind(finish);
  });
}

async function placeOf(frame: FailingFrame | null, frames: Pick<FrameOpener, "locateOne">): Promise<GroupPlace | null> {
  if (frame === null) return null;
  const { file, line, source, function: name } = frame;
  const located = await locateOwn(frames, frame);
  return located === null
    ? { file, line, function: name, source }
    : { file: workspace.asRelativePath(located.path), line: located.line, function: name, source };
}

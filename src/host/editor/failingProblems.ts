import {
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  env,
  l10n,
  languages,
  Location,
  Position,
  Range,
  Uri,
  workspace,
  type Disposable,
} from "vscode";
import { isOwnFrame } from "../../python/frames";
import { jobLink } from "../links";
import { count, oneLine, plural } from "../views/texts";
import { connectionText, type FailingGroup, type FailingLine, fullError, shortName } from "./failingLine";
import type { FailingFiles } from "./failingPlaces";
import { locateOwn } from "./locateOwn";
import type { FrameOpener } from "./openFrame";
import type { Connection } from "../connectionList";

/** Frames above the failing one that an entry leads to. */
const relatedAtMost = 5;

/** Failing lines as entries of Problems, source "arq": of every file, open or not. */
export class FailingProblems implements Disposable {
  readonly #collection = languages.createDiagnosticCollection("arq");
  /** What each file was given last: an entry that is replaced by the same one loses its selection. */
  readonly #given = new Map<string, string>();
  #version = 0;

  constructor(
    private readonly extensionId: string,
    private readonly frames: Pick<FrameOpener, "locateOne">,
  ) {}

  async show(files: FailingFiles, connection: Pick<Connection, "name" | "environment">): Promise<void> {
    const version = ++this.#version;
    for (const key of this.#given.keys()) if (!files.has(key)) this.#forget(key);
    for (const [key, lines] of files) {
      const told = lines.map((line) => [line.line, line.state, ...line.groups.map(toldOf)]);
      const given = JSON.stringify([connection.name, told]);
      if (this.#given.get(key) === given) continue;
      const entries = await Promise.all(lines.map((line) => this.#entries(line, connection)));
      if (version !== this.#version) return;
      this.#given.set(key, given);
      this.#collection.set(Uri.parse(key), entries.flat());
    }
  }

  clear(): void {
    this.#version++;
    this.#given.clear();
    this.#collection.clear();
  }

  dispose(): void {
    this.clear();
    this.#collection.dispose();
  }

  #forget(key: string): void {
    this.#given.delete(key);
    this.#collection.delete(Uri.parse(key));
  }

  #entries(line: FailingLine, connection: Pick<Connection, "name" | "environment">): Promise<Diagnostic[]> {
    return Promise.all(
      line.groups.map(async (each) => {
        const entry = new Diagnostic(await rangeOf(line), message(each, connectionText(connection)), severity(each));
        entry.source = "arq";
        entry.code = code(each, connection.name, this.extensionId);
        entry.relatedInformation = await this.#related(each);
        return entry;
      }),
    );
  }

  /** Own frames that led there, the nearest first. */
  async #related({ frame: { stack, index } }: FailingGroup): Promise<DiagnosticRelatedInformation[]> {
    const above = stack.frames.slice(0, index).filter(({ file }) => isOwnFrame(file));
    const found = await Promise.all(
      above
        .toReversed()
        .slice(0, relatedAtMost)
        .map(async (frame) => ({
          frame,
          place: await locateOwn(this.frames, frame),
        })),
    );
    return found.flatMap(({ frame, place }) =>
      place === null
        ? []
        : [
            new DiagnosticRelatedInformation(
              new Location(Uri.file(place.path), new Position(place.line - 1, 0)),
              l10n.t("called from {0}", oneLine(frame.function, 80)),
            ),
          ],
    );
  }
}

/** What of a group an entry tells. The time of the last failure would replace the entry with every failure. */
function toldOf({ group, state, frame }: FailingGroup): unknown[] {
  return [group.key, group.sample, group.lastHour, group.latest?.id ?? null, state, frame.line, frame.file];
}

/** The whole line of an open file; of another one its beginning, which leads to the same place. */
async function rangeOf({ path, line }: FailingLine): Promise<Range> {
  const uri = Uri.file(path).toString();
  const open = workspace.textDocuments.find((document) => document.uri.toString() === uri);
  if (open === undefined || line > open.lineCount) return new Range(line - 1, 0, line - 1, 0);
  const { range, firstNonWhitespaceCharacterIndex } = open.lineAt(line - 1);
  return range.with(range.start.with({ character: firstNonWhitespaceCharacterIndex }));
}

function message({ group, state }: FailingGroup, where: string): string {
  const times = plural(
    group.lastHour,
    l10n.t("1 job in the last hour on {0}", where),
    l10n.t("{0} jobs in the last hour on {1}", count(group.lastHour), where),
  );
  const text = `${fullError(group)} (${times})`;
  if (state === "edited") return l10n.t("{0}; edited since", text);
  return state === "unknown" ? l10n.t("{0}; here, if the file is as it was", text) : text;
}

/** What the file says now has been seen to fail, or not. */
function severity({ state }: FailingGroup): DiagnosticSeverity {
  return state === "same" || state === "moved" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
}

function code({ group }: FailingGroup, connection: string, extensionId: string): Diagnostic["code"] {
  const value = shortName(group.type);
  if (group.latest === null) return value;
  return { value, target: Uri.parse(jobLink(`${env.uriScheme}://${extensionId}`, group.latest.id, connection)) };
}

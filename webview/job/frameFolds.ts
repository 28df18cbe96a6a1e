import type { FrameView } from "../../src/protocol/viewModels";

export type FrameGroup =
  | { readonly kind: "frame"; readonly frame: FrameView }
  /** Frames of libraries, Python or ARQ in a row. */
  | { readonly kind: "fold"; readonly frames: readonly FrameView[] };

/** Own frames one by one, the others folded. Where no frame is own code, the last one is shown: it is where the exception was raised. */
export function foldFrames(frames: readonly FrameView[]): FrameGroup[] {
  const anyOwn = frames.some((frame) => frame.own);
  const groups: FrameGroup[] = [];
  let fold: FrameView[] = [];
  const close = () => {
    if (fold.length > 0) groups.push({ kind: "fold", frames: fold });
    fold = [];
  };
  for (const frame of frames) {
    if (frame.own || (!anyOwn && frame === frames.at(-1))) {
      close();
      groups.push({ kind: "frame", frame });
    } else fold.push(frame);
  }
  close();
  return groups;
}

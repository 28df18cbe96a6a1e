import { type OrphanEvidence, orphanEvidence } from "../arq/claim";
import type { FailureKind } from "../arq/jobModel";

/** What a row says in a few bits. */
export interface RowFlags {
  /** Null without an error. */
  readonly kind: FailureKind | null;
  readonly hasTraceback: boolean;
  readonly evidence: OrphanEvidence | null;
}

/** In no other order than this: the numbers stand in rows. */
const kinds = Object.keys({
  exception: 0,
  timeout: 0,
  aborted: 0,
  expired: 0,
  notFound: 0,
  maxRetries: 0,
  badPayload: 0,
  retryRefused: 0,
  resultLost: 0,
} satisfies Record<FailureKind, 0>) as FailureKind[];
const kindMask = 0b1111;
const tracebackBit = 0b1_0000;
const evidenceShift = 5;
const evidenceMask = 0b11;
/** Set where the end of the job has been told. `packFlags` leaves it away. */
export const endToldBit = 0b1000_0000;

export function packFlags({ kind, hasTraceback, evidence }: RowFlags): number {
  return (
    (kind === null ? 0 : kinds.indexOf(kind) + 1) |
    (hasTraceback ? tracebackBit : 0) |
    ((evidence === null ? 0 : orphanEvidence.indexOf(evidence) + 1) << evidenceShift)
  );
}

export function kindIn(flags: number): FailureKind | null {
  return kinds[(flags & kindMask) - 1] ?? null;
}

export function tracebackIn(flags: number): boolean {
  return (flags & tracebackBit) !== 0;
}

export function evidenceIn(flags: number): OrphanEvidence | null {
  return orphanEvidence[((flags >>> evidenceShift) & evidenceMask) - 1] ?? null;
}

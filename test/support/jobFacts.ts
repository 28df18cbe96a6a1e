import type { FailureKind, JobFacts, ResultSummary } from "../../src/arq/jobModel";

/** Facts of a job that has a payload and nothing else; every key of it may be given. */
export function jobFacts(facts: Partial<JobFacts> = {}): JobFacts {
  return {
    id: "0123456789abcdef0123456789abcdef",
    readAt: 1_700_000_000_000,
    queued: null,
    inProgressTtl: null,
    retry: null,
    job: payload("send_email"),
    result: null,
    abortRequestedAt: null,
    ...facts,
  };
}

/** `arq:job:<id>`. */
export function payload(name: string, ttl = 86_000_000): NonNullable<JobFacts["job"]> {
  return { decoded: { ok: true, function: name, enqueuedAt: 1_699_999_990_000, try: null }, ttl };
}

/** `arq:result:<id>` of a job that ran 1.5 s. */
export function succeededResult(decoded: Partial<ResultSummary> = {}): NonNullable<JobFacts["result"]> {
  return {
    decoded: {
      ok: true,
      function: "send_email",
      enqueuedAt: 1_699_999_990_000,
      try: 1,
      success: true,
      startedAt: 1_699_999_995_000,
      finishedAt: 1_699_999_996_500,
      queue: "arq:queue",
      worker: null,
      error: null,
      ...decoded,
    },
    ttl: null,
  };
}

export function failedResult(kind: FailureKind, decoded: Partial<ResultSummary> = {}): NonNullable<JobFacts["result"]> {
  const error = { kind, type: "ValueError", message: "bad", hasTraceback: false };
  return succeededResult({ success: false, error, ...decoded });
}

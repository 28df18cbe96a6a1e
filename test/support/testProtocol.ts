/** How the test runner, its rings' processes and the extension host under test talk: environment variables and one file. */

/** Path of the JSON file in which a ring's process leaves its `RingReport`. */
export const reportVariable = "ARQ_TEST_REPORT";
/** Set: the run is about Restricted Mode, so the folder must not be trusted. */
export const keepTrustVariable = "ARQ_TEST_KEEP_TRUST";
/** Which folder of bundled tests the extension host runs. */
export const hostTestsVariable = "ARQ_TEST_HOST_TESTS";
/** Marks the lines of the extension host's console that are test output. */
export const hostLinePrefix = "[arq-test] ";

export interface RingReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly { readonly name: string; readonly message: string }[];
}

import type { OptionProblems } from "./option-problems.ts";

/** What all distributed queues may be told. */
export interface CommonQueueOptions {
  /** Names the queue on its server; its dead letters and ticks have names that begin with it. Default `"syncer"`. */
  readonly name?: string;
  /** How often a message is delivered again whose handler has failed or died. Then it is a dead letter. Default 3. */
  readonly retryLimit?: number;
  /** The pause before the first repetition, in ms; it doubles each time. Default 1,000. */
  readonly retryDelayMs?: number;
  /** How long a call waits for the server, in ms. Default 5,000. */
  readonly timeoutMs?: number;
  /**
   * Told of what goes wrong beside calls: a server that is away, a handler that rejects. It goes on by itself. What it
   * is told is the driver's and may name hosts and users of the server.
   */
  readonly onError?: (error: unknown) => void;
}

export type CheckedCommon = Required<CommonQueueOptions>;

export const COMMON_NAMES = ["name", "retryLimit", "retryDelayMs", "timeoutMs", "onError"] as const;

const DEFAULT_NOTE = "Leave it out for the default.";

export function checkCommon(options: CommonQueueOptions, problems: OptionProblems): CheckedCommon {
  const { name = "syncer", retryLimit = 3, retryDelayMs = 1_000, timeoutMs = 5_000, onError } = options;
  problems.need(
    typeof name === "string" && /^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(name),
    "name",
    "up to 40 letters, digits, _ and -, a letter first",
    'For example "syncer".',
  );
  problems.needWhole(retryLimit, "retryLimit", [0, 100], DEFAULT_NOTE);
  problems.needWhole(retryDelayMs, "retryDelayMs", [0, 3_600_000], DEFAULT_NOTE);
  problems.needWhole(timeoutMs, "timeoutMs", [100, 600_000], DEFAULT_NOTE);
  problems.need(onError === undefined || typeof onError === "function", "onError", "a function", DEFAULT_NOTE);
  return { name, retryLimit, retryDelayMs, timeoutMs, onError: quietly(onError) };
}

/** A listener's own mistakes are its own affair. */
function quietly(listener: CommonQueueOptions["onError"]): CheckedCommon["onError"] {
  return (error) => {
    try {
      listener?.(error);
    } catch {}
  };
}
